// Random histories: a query over the stored reports sees the samples that an export has.
#include <gtest/gtest.h>

#include <random>

#include "query/stored_series.h"
#include "tests/query/series_oracle.h"
#include "tests/support/rollcall_harness.h"
#include "tests/support/rounds.h"

namespace rollcall::test {
namespace {

using promql::Matcher;
using promql::MatchOp;

class RandomReporters {
 public:
  explicit RandomReporters(unsigned seed) : random_(seed) {}

  unsigned Below(unsigned n) { return static_cast<unsigned>(random_() % n); }

  // A report of one of a source's streams; most say again what the one before said.
  std::string Body(const std::string& id) {
    std::string& last = last_[id + std::to_string(Below(3))];
    if (!last.empty() && Below(4) != 0) return last;
    std::string body;
    const unsigned metrics = 1 + Below(3);
    for (unsigned m = 0; m < metrics; ++m) {
      const std::string name(1, static_cast<char>('p' + Below(5)));
      for (unsigned k = Below(3); k < 3; ++k) {
        body += name + "{k=\"" + std::to_string(k) + "\"} " + Value() + "\n";
      }
    }
    return last = body;
  }

 private:
  // No -0: where the clock comes to a second twice, which of 0 and -0 is the largest is open.
  std::string Value() {
    static const char* const kValues[] = {"0", "1", "2", "2.5", "-7", "+Inf", "1e300"};
    return kValues[Below(std::size(kValues))];
  }

  std::mt19937 random_;
  std::map<std::string, std::string> last_;
};

void LiveThrough(unsigned seed) {
  SCOPED_TRACE("seed " + std::to_string(seed));
  Harness rollcall(seed % 3 == 0 ? 2'000 : 64 * 1024 * 1024);
  RandomReporters random(seed);
  // Some histories have many reports in a second, others skip days.
  static constexpr unsigned kStepSeconds[] = {2, 900, 20'000, 200'000};
  const unsigned step = kStepSeconds[seed % std::size(kStepSeconds)];
  UnixSeconds now = At("2026-02-26 23:50:00");
  query::StoredSeries* series = nullptr;
  std::unique_ptr<query::StoredSeries> owned;
  const auto open = [&] {
    owned = std::make_unique<query::StoredSeries>(
        rollcall.stores(), rollcall.clock(),
        [] { return std::vector<const Fleet*>{&CozystackFleet()}; }, nullptr);
    series = owned.get();
  };
  open();
  for (int i = 0; i < 150; ++i) {
    now += std::chrono::seconds(random.Below(step));
    if (random.Below(20) == 0) now -= std::chrono::seconds(random.Below(step * 3));
    rollcall.SetTime(now);
    const std::string id(1, static_cast<char>('a' + random.Below(4)));
    ASSERT_TRUE(rollcall.Report(id, random.Body(id)).ok());
    if (random.Below(40) == 0) {
      owned.reset();
      rollcall.Restart();
      open();
    }
    if (random.Below(15) != 0) continue;

    const int64_t end = now.time_since_epoch().count() * 1000 + random.Below(2) * 5'000;
    const int64_t after = end - static_cast<int64_t>(random.Below(step * 60)) * 1000 - 1;
    const std::vector<Matcher> matchers{Match(MatchOp::kNotEqual, "__name__", "")};
    const SamplesBySeries all = Exported(rollcall.stores(), CozystackFleet());
    promql::Budget budget({}, {});
    const auto seen = See(*series->Now(), {matchers, after, end, false, 0, {}}, budget);
    ASSERT_TRUE(seen.ok()) << seen.status().message();
    ASSERT_EQ(seen->samples, Between(all, after, end));
    // An instant selector's samples go as far back as each series' lookback.
    const int64_t step_ms = random.Below(2) * 3'600'000;
    const auto latest = See(*series->Now(), {matchers, after, end, true, step_ms, {}}, budget);
    ASSERT_TRUE(latest.ok()) << latest.status().message();
    SamplesBySeries want;
    for (const auto& [name, samples] : all) {
      const auto at = latest->lookback_ms.find(name);
      const int64_t back = at == latest->lookback_ms.end() ? step_ms : at->second;
      ASSERT_GE(back, step_ms);
      SamplesBySeries some = Between({{name, samples}}, after - back, end);
      want.insert(some.begin(), some.end());
    }
    ASSERT_EQ(latest->samples, want);
    const auto fixed = See(*series->Now(), {matchers, after, end, true, step_ms, 7'654}, budget);
    ASSERT_TRUE(fixed.ok());
    ASSERT_EQ(fixed->samples, Between(all, after - 7'654, end));
  }
}

TEST(StoredSeriesRandomTest, AQuerySeesTheSamplesThatAnExportHas) {
  const auto histories = static_cast<unsigned>(Rounds(32));
  for (unsigned seed = 1; seed <= histories; ++seed) {
    LiveThrough(seed);
    if (::testing::Test::HasFatalFailure() || ::testing::Test::HasFailure()) return;
  }
}

}  // namespace
}  // namespace rollcall::test
