// What a query sees by the columns of closed days, where only values matter at instants, is what
// it sees by chunks.
#include <gtest/gtest.h>

#include <array>
#include <random>
#include <set>

#include "query/stored_series.h"
#include "storage/chunk_codec.h"
#include "storage/chunk_writer.h"
#include "storage/day_columns.h"
#include "tests/query/series_oracle.h"
#include "tests/support/rollcall_harness.h"
#include "tests/support/rounds.h"

namespace rollcall::test {
namespace {

using promql::Matcher;
using promql::MatchOp;
using std::chrono::seconds;

constexpr int64_t kMinuteMs = 60'000;

void WriteColumns(storage::Stores& stores, FleetRef fleet, Day day) {
  const storage::PeriodLedger::Cut cut = stores.periods().Begin({Period::Of(day), fleet});
  storage::TallyRows rows;
  storage::DayColumnsBuilder builder(day, rows);
  const storage::KeyRange range = storage::RangeOf(day.number, fleet);
  storage::Scan scan =
      stores.store().NewScan(storage::Table::kChunks, range.begin, range.end, &cut.snapshot);
  for (; scan.Valid(); scan.Next()) {
    builder.Add(storage::DecodeChunkKey(scan.key())->source, scan.value());
  }
  builder.Finish();
  const Result<bool> kept = stores.periods().Finish(cut, {}, rows);
  ASSERT_TRUE(kept.ok() && *kept);
}

// What a series says at each of some instants, and how long its samples stand.
struct Said {
  std::vector<std::set<std::string>> values;
  int64_t lookback_ms = 0;

  bool operator==(const Said&) const = default;
};
using SaidBySeries = std::map<std::string, Said>;

struct SeriesAnswer {
  SaidBySeries said;
  uint64_t samples = 0;  // how many were given of the regular source
};

// Asks by instants or, with `by_chunks`, without saying which, so that samples come as they are.
SeriesAnswer Ask(query::StoredSeries& series, promql::SelectRequest request, bool by_chunks) {
  const std::span<const int64_t> instants = request.instants;
  if (by_chunks) request.instants = {};
  promql::Budget budget({}, {});
  const Result<Seen> seen = See(*series.Now(), request, budget);
  EXPECT_TRUE(seen.ok()) << seen.status().message();
  SeriesAnswer answer;
  for (const auto& [name, samples] : seen->samples) {
    if (name.find("\"regular\"") != std::string::npos) answer.samples += samples.size();
    Said said;
    if (request.latest) said.lookback_ms = seen->lookback_ms.at(name);
    bool says_any = false;
    for (const int64_t instant : instants) {
      auto& values = said.values.emplace_back();
      const int64_t after = instant - (request.latest ? said.lookback_ms : request.range_ms);
      for (auto at = samples.upper_bound(after); at != samples.end() && at->first <= instant;
           ++at) {
        if (request.latest) values.clear();
        values.insert(at->second);
      }
      says_any |= !values.empty();
    }
    if (says_any) answer.said.emplace(name, said);
  }
  return answer;
}

// A source whose streams report in turn, mostly the same again.
struct Reporter {
  std::string id;
  unsigned interval = 900;  // seconds
  unsigned jitter = 2;
  unsigned changes = 40;       // one report in so many says something new
  unsigned outages = 60;       // after one report in so many there is none for long
  bool shares_series = false;  // streams have series in common
  UnixSeconds next{};
};

class Life {
 public:
  explicit Life(unsigned seed) : random_(seed), rollcall_(64 * 1024 * 1024) {
    Reporter regular{.id = "regular"};
    Reporter restless{.id = "restless", .changes = 3};
    Reporter daily{.id = "daily", .interval = 86'400, .jitter = 3'000, .changes = 2};
    Reporter twin{.id = "twin", .shares_series = true};
    Reporter hourly{.id = "hourly", .interval = 3'600, .jitter = 900, .outages = 8};
    reporters_ = {regular, restless, daily, twin, hourly};
    for (Reporter& reporter : reporters_) {
      reporter.next = begin_ + seconds(Below(reporter.interval));
      if (Below(3) == 0) reporter.interval *= 1 + Below(3);
    }
  }

  unsigned Below(unsigned n) { return static_cast<unsigned>(random_() % n); }

  // Reports until `end`, each report at its time.
  void RunTo(UnixSeconds end) {
    while (true) {
      Reporter& first =
          *std::min_element(reporters_.begin(), reporters_.end(),
                            [](const Reporter& a, const Reporter& b) { return a.next < b.next; });
      if (first.next >= end) return;
      UnixSeconds now = first.next;
      if (Below(2'000) == 0) now -= seconds(Below(5'000));  // the clock was set back, once
      for (unsigned stream = 0; stream < 2; ++stream) {
        rollcall_.SetTime(now);
        // Now and then twice in a second.
        for (unsigned times = Below(1'000) == 0 ? 2 : 1; times > 0; --times) {
          ASSERT_TRUE(rollcall_.Report(first.id, Body(first, stream)).ok());
        }
        now += seconds(first.shares_series ? 20 : Below(3));
      }
      first.next += seconds(first.interval + Below(first.jitter + 1));
      if (Below(first.outages) == 0) first.next += seconds(Below(first.interval * 40));
    }
  }

  Harness& rollcall() { return rollcall_; }
  UnixSeconds begin() const { return begin_; }

 private:
  std::string Body(const Reporter& reporter, unsigned stream) {
    std::string& last = last_[reporter.id + std::to_string(stream)];
    if (!last.empty() && Below(reporter.changes) != 0) return last;
    std::string body;
    for (unsigned m = 0; m < 3; ++m) {
      const char name = static_cast<char>('p' + m + (reporter.shares_series ? 0 : 3 * stream));
      for (unsigned k = Below(2); k < 3; ++k) {
        body += std::string(1, name) + "{k=\"" + std::to_string(k) + "\"} " +
                std::to_string(Below(4)) + "\n";
      }
    }
    return last = body;
  }

  std::mt19937 random_;
  Harness rollcall_;
  const UnixSeconds begin_ = At("2026-02-20 03:00:00");
  std::vector<Reporter> reporters_;
  std::map<std::string, std::string> last_;
};

TEST(StoredSeriesColumnsTest, ColumnsSayAtInstantsWhatChunksSay) {
  const auto lives = static_cast<unsigned>(Rounds(4));
  uint64_t samples_by_chunks = 0;
  uint64_t samples_by_columns = 0;
  for (unsigned seed = 1; seed <= lives; ++seed) {
    SCOPED_TRACE("seed " + std::to_string(seed));
    Life life(seed);
    const Day first = Day::Of(life.begin());
    const Day today{first.number + 7};
    life.RunTo(today.Start() + seconds(50'000));
    if (::testing::Test::HasFatalFailure()) return;
    for (Day day = first; day < today; ++day.number) {
      if (life.Below(8) != 0) WriteColumns(life.rollcall().stores(), kFirstFleet, day);
    }
    query::StoredSeries series(
        life.rollcall().stores(), life.rollcall().clock(),
        [] { return std::vector<const Fleet*>{&CozystackFleet()}; }, nullptr);
    for (int i = 0; i < 60; ++i) {
      const int64_t step = (30 + 10 * life.Below(25)) * kMinuteMs;
      std::vector<int64_t> instants;
      int64_t at =
          (life.begin() + seconds(life.Below(5 * 86'400))).time_since_epoch().count() * 1000;
      for (unsigned steps = 1 + life.Below(80); steps > 0; --steps) {
        instants.push_back(at);
        at += step;
      }
      const std::string metric(1, static_cast<char>('p' + life.Below(6)));
      const std::vector<Matcher> matchers{
          life.Below(4) == 0 ? Match(MatchOp::kRegex, "__name__", "[p-u]") : Named(metric)};
      promql::SelectRequest request{.matchers = matchers,
                                    .after = instants.front() - 1,
                                    .to = instants.back(),
                                    .latest = true,
                                    .step_ms = instants.size() > 1 ? step : 0,
                                    .lookback_ms = {},
                                    .instants = instants};
      switch (life.Below(3)) {
        case 0:
          request.lookback_ms = (5 + life.Below(200)) * kMinuteMs;
          break;
        case 1:
          request.latest = false;
          request.range_ms = (10 + life.Below(4'000)) * kMinuteMs;
          request.after = instants.front() - request.range_ms;
          break;
        default:
          break;
      }
      const SeriesAnswer by_chunks = Ask(series, request, true);
      const SeriesAnswer by_columns = Ask(series, request, false);
      ASSERT_EQ(by_columns.said, by_chunks.said) << "question " << i;
      samples_by_chunks += by_chunks.samples;
      samples_by_columns += by_columns.samples;
    }
  }
  // Columns were of use: most reports of a source that is easy to tell did not have to be read.
  EXPECT_LT(samples_by_columns * 3, samples_by_chunks * 2);
}

// Of a day without columns the chunks of all sources together are more than a part may hold: they
// are read in halves, which have the columns of the other days.
TEST(StoredSeriesColumnsTest, WhereChunksAreTooManyThePartsOfAPartKeepTheirColumns) {
  constexpr size_t kSources = 9;
  constexpr int kDays = 3;
  constexpr unsigned kInterval = 1'800;  // seconds
  Harness rollcall;
  const Day first = Day::Of(At("2026-02-20 00:00:00"));
  const Day today{first.number + kDays};
  for (Day day = first; day <= today; ++day.number) {
    for (unsigned second = 0; second < 86'400; second += kInterval) {
      rollcall.SetTime(day.Start() + seconds(second));
      for (size_t i = 0; i < kSources; ++i) {
        const std::string id = i == 0 ? "regular" : "c" + std::to_string(i);
        ASSERT_TRUE(rollcall.Report(id, "p " + std::to_string(day.number % 3) + "\n").ok());
      }
      if (day == today) break;
    }
    if (day < today) WriteColumns(rollcall.stores(), kFirstFleet, day);
  }
  // Today each source said something new each second, in random bytes.
  size_t bytes = 0;
  {
    storage::Transaction transaction(rollcall.stores().store());
    const storage::KeyRange range = storage::RangeOf(today.number, kFirstFleet);
    storage::Scan scan =
        rollcall.stores().store().NewScan(storage::Table::kChunks, range.begin, range.end);
    std::mt19937_64 random(3);
    for (; scan.Valid(); scan.Next()) {
      storage::ChunkReader reader(today, scan.value());
      ASSERT_TRUE(reader.Next());
      ASSERT_EQ(reader.series().size(), 1U);
      std::array<SeriesValue, 2> said{reader.series().front(), reader.series().front()};
      storage::ChunkWriter writer(today);
      for (size_t second = 0; second < 86'400; ++second) {
        SeriesValue& next = said[second % 2];  // the writer looks at the one before
        next.value = static_cast<double>(random()) / 3;
        writer.Add(today.Start() + seconds(second), {&next, 1});
      }
      const std::string chunk = writer.Take();
      bytes += chunk.size();
      transaction.Put(storage::Table::kChunks, std::string(scan.key()), chunk);
    }
    ASSERT_TRUE(transaction.Commit().ok());
  }
  ASSERT_GT(bytes, size_t{8} << 20);
  query::StoredSeries series(
      rollcall.stores(), rollcall.clock(),
      [] { return std::vector<const Fleet*>{&CozystackFleet()}; }, nullptr);
  std::vector<int64_t> instants;
  const int64_t start = first.Start().time_since_epoch().count() * 1000;
  for (int64_t at = start + 600'000; at <= start + kDays * 86'400'000 + 600'000; at += 14'400'000) {
    instants.push_back(at);
  }
  const std::vector<Matcher> matchers{Named("p")};
  const promql::SelectRequest request{.matchers = matchers,
                                      .after = instants.front() - 1,
                                      .to = instants.back(),
                                      .latest = true,
                                      .step_ms = 14'400'000,
                                      .lookback_ms = 2 * kInterval * 1'000,
                                      .instants = instants};
  const SeriesAnswer by_chunks = Ask(series, request, true);
  const SeriesAnswer by_columns = Ask(series, request, false);
  EXPECT_EQ(by_columns.said, by_chunks.said);
  EXPECT_EQ(by_columns.said.size(), kSources);
  EXPECT_GT(by_chunks.samples, by_columns.samples + kDays * 86'400 / kInterval / 2);
}

}  // namespace
}  // namespace rollcall::test
