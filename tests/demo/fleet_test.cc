#include "demo/fleet.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <array>
#include <functional>
#include <map>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "base/hash.h"
#include "model/source_id.h"
#include "tests/demo/recount.h"
#include "tests/support/cozystack.h"
#include "tests/support/rounds.h"

namespace rollcall::demo {
namespace {

using std::chrono::days;
using std::chrono::hours;
using std::chrono::minutes;
using std::chrono::seconds;

UnixSeconds At(int year, unsigned month, unsigned day, seconds time = seconds(0)) {
  return std::chrono::sys_days(std::chrono::year(year) / month / day) + time;
}

DemoFleetOptions Options(uint32_t sources, uint32_t months, seconds interval, UnixSeconds end,
                         uint64_t seed = 1) {
  return {seed, sources, months, end, interval};
}

// Days between a source's reports; more with a sanitizer, which takes long for each report.
constexpr int kDaysBetween = 8 / test::Rounds(8);
const UnixSeconds kFleetEnd = At(2026, 3, 10, hours(15));

// The product whose reports are of lines.
const fleets::Declaration& OfLines() { return Cozystack().declaration(); }

const fleets::Declaration& OfJson() {
  static const auto set = BuiltInFleets({"coroot"});
  return set->first().declaration();
}

std::unique_ptr<DemoFleet> Made(const DemoFleetOptions& options,
                                const fleets::Declaration& declaration = OfLines()) {
  auto fleet = DemoFleet::Make(declaration, options);
  EXPECT_TRUE(fleet.ok()) << fleet.status().message();
  return std::move(fleet).value();
}

void ForEach(const DemoFleetOptions& options, const std::function<void(const DemoReport&)>& take,
             const fleets::Declaration& declaration = OfLines()) {
  const auto fleet = Made(options, declaration);
  DemoReport report;
  while (fleet->Next(report)) take(report);
}

TEST(DemoFleet, GivesAsManyReportsAsItPromisedInOrderAndWithinItsTime) {
  const struct {
    const char* name;
    DemoFleetOptions options;
  } fleets[] = {
      {"as the demo", Options(300, 14, days(kDaysBetween), kFleetEnd)},
      {"quarters of an hour", Options(20, 1, minutes(15), kFleetEnd)},
      {"every second", Options(3, 1, seconds(1), At(2026, 3, 1, hours(2)))},
      {"twenty seconds, a jitter of one", Options(5, 1, seconds(20), At(2026, 3, 2))},
      {"a month apart", Options(300, 14, days(31), kFleetEnd)},
      {"ten years", Options(10, 120, days(3), kFleetEnd)},
      {"an instant", Options(50, 1, seconds(1), At(2026, 3, 1))},
      {"a minute", Options(50, 1, seconds(7), At(2026, 3, 1, minutes(1)))},
      {"a leap day", Options(10, 1, hours(1), At(2024, 2, 29, hours(23)))},
      {"one source", Options(1, 14, hours(6), kFleetEnd)},
  };
  for (const auto& [name, base] : fleets) {
    for (uint64_t seed = 1; seed <= static_cast<uint64_t>(test::Rounds(5)); ++seed) {
      DemoFleetOptions options = base;
      options.seed = seed;
      const auto fleet = Made(options);
      uint64_t reports = 0;
      UnixSeconds last = fleet->begin();
      DemoReport report;
      while (fleet->Next(report)) {
        ++reports;
        ASSERT_GE(report.time, last) << name;
        ASSERT_FALSE(report.body.empty()) << name;
        last = report.time;
      }
      EXPECT_LE(last, options.end) << name;
      EXPECT_EQ(reports, fleet->total_reports()) << name << ", seed " << seed;
      EXPECT_FALSE(fleet->Next(report)) << name;
    }
  }
}

TEST(DemoFleet, EvenOneSourceReports) {
  for (uint64_t seed = 1; seed <= 50; ++seed) {
    EXPECT_GT(Made(Options(1, 14, minutes(15), kFleetEnd, seed))->total_reports(), 0U) << seed;
  }
}

TEST(DemoFleet, BeginsWithItsFirstMonth) {
  EXPECT_EQ(Made(Options(1, 1, hours(1), kFleetEnd))->begin(), At(2026, 3, 1));
  EXPECT_EQ(Made(Options(1, 14, hours(1), kFleetEnd))->begin(), At(2025, 2, 1));
}

Hash128 FingerprintOf(const DemoFleetOptions& options, const fleets::Declaration& declaration) {
  Hash128 fingerprint;
  uint64_t number = 0;
  ForEach(
      options,
      [&](const DemoReport& report) {
        fingerprint += HashBytes(std::to_string(report.time.time_since_epoch().count()) + " " +
                                     report.source + "\n" + report.body,
                                 number++);
      },
      declaration);
  return fingerprint;
}

TEST(DemoFleet, IsTheSameForTheSameOptionsAndAnotherForAnotherSeed) {
  for (const fleets::Declaration* const declaration : {&OfLines(), &OfJson()}) {
    const DemoFleetOptions options = Options(50, 14, days(kDaysBetween), kFleetEnd);
    const Hash128 once = FingerprintOf(options, *declaration);
    EXPECT_EQ(FingerprintOf(options, *declaration), once);
    EXPECT_NE(FingerprintOf(Options(50, 14, days(kDaysBetween), kFleetEnd, 2), *declaration), once);
  }
}

TEST(DemoFleet, SourcesHaveUuidsAndNoTwoTheSame) {
  std::set<std::string> sources;
  ForEach(Options(300, 2, days(10), kFleetEnd),
          [&](const DemoReport& report) { sources.insert(report.source); });
  EXPECT_GT(sources.size(), 200U);
  for (const std::string& source : sources) {
    EXPECT_TRUE(SourceId::Parse(source).ok());
    ASSERT_EQ(source.size(), 36U);
    for (size_t i = 0; i < source.size(); ++i) {
      const bool dash = i == 8 || i == 13 || i == 18 || i == 23;
      EXPECT_EQ(source[i] == '-', dash) << source;
      EXPECT_NE(std::string("0123456789abcdef-").find(source[i]), std::string::npos) << source;
    }
    EXPECT_EQ(source[14], '4');
    EXPECT_NE(std::string("89ab").find(source[19]), std::string::npos) << source;
  }
}

TEST(DemoFleet, LinesComeInAnotherOrderEachTime) {
  std::map<std::string, std::string> last;
  int reordered = 0;
  ForEach(Options(10, 1, hours(1), kFleetEnd), [&](const DemoReport& report) {
    std::string& before = last[report.source];
    std::vector<std::string_view> a = Lines(before);
    std::vector<std::string_view> b = Lines(report.body);
    const bool same_order = a == b;
    std::sort(a.begin(), a.end());
    std::sort(b.begin(), b.end());
    if (a == b) {
      EXPECT_FALSE(same_order);
      ++reordered;
    }
    before = report.body;
  });
  EXPECT_GT(reordered, 100);
}

TEST(DemoFleet, SpreadsItsReportsOverTheInterval) {
  std::array<int, 6> sixths{};
  ForEach(Options(200, 1, hours(1), kFleetEnd), [&](const DemoReport& report) {
    ++sixths[static_cast<size_t>(report.time.time_since_epoch() % hours(1) / minutes(10))];
  });
  const auto [least, most] = std::minmax_element(sixths.begin(), sixths.end());
  EXPECT_GT(*least * 2, *most);
}

TEST(DemoFleet, JoinsFallsSilentComesBackAndLosesMembers) {
  struct Seen {
    UnixSeconds first, last;
    std::chrono::seconds longest_gap{0};
  };
  std::map<std::string, Seen> sources;
  ForEach(Options(300, 14, hours(12 * kDaysBetween), kFleetEnd), [&](const DemoReport& report) {
    const auto [entry, is_new] = sources.try_emplace(report.source);
    Seen& seen = entry->second;
    if (is_new) seen.first = seen.last = report.time;
    seen.longest_gap = std::max(seen.longest_gap, report.time - seen.last);
    seen.last = report.time;
  });
  std::map<std::string, int> counts;
  for (const auto& [id, seen] : sources) {
    counts["there from the first day"] += seen.first < At(2025, 2, 2) ? 1 : 0;
    counts["joined in the last half year"] += seen.first > At(2025, 9, 10) ? 1 : 0;
    counts["left"] += seen.last < kFleetEnd - days(60) ? 1 : 0;
    counts["fell silent and came back"] += seen.longest_gap > days(10) ? 1 : 0;
  }
  for (const auto& [what, count] : counts) EXPECT_GT(count, 3) << what;
  EXPECT_LT(counts["left"], 60);
  EXPECT_LT(counts["fell silent and came back"], 60);
  EXPECT_GT(sources.size(), 290U);
}

TEST(DemoFleet, RefusesOptionsOutOfBounds) {
  const auto message = [](const DemoFleetOptions& options) {
    return DemoFleet::Make(OfLines(), options).status().message();
  };
  EXPECT_EQ(message(Options(0, 1, hours(1), kFleetEnd)),
            "demo fleet: sources is 0, want 1..1000000");
  EXPECT_EQ(message(Options(1'000'001, 1, hours(1), kFleetEnd)),
            "demo fleet: sources is 1000001, want 1..1000000");
  EXPECT_EQ(message(Options(1, 0, hours(1), kFleetEnd)), "demo fleet: months is 0, want 1..120");
  EXPECT_EQ(message(Options(1, 121, hours(1), kFleetEnd)),
            "demo fleet: months is 121, want 1..120");
  EXPECT_EQ(message(Options(1, 1, seconds(0), kFleetEnd)),
            "demo fleet: interval in seconds is 0, want 1..2678400");
  EXPECT_EQ(message(Options(1, 1, days(32), kFleetEnd)),
            "demo fleet: interval in seconds is 2764800, want 1..2678400");
  EXPECT_EQ(message(Options(1, 1, hours(1), UnixSeconds())),
            "demo fleet: its end is not in the years 1980 to 9998");
}

}  // namespace
}  // namespace rollcall::demo
