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
  return {seed, sources, months, end, interval, true};
}

const UnixSeconds kEnd = At(2026, 3, 10, hours(15));

std::unique_ptr<DemoFleet> Made(const DemoFleetOptions& options) {
  auto fleet = DemoFleet::Make(options);
  EXPECT_TRUE(fleet.ok()) << fleet.status().message();
  return std::move(fleet).value();
}

void ForEach(const DemoFleetOptions& options, const std::function<void(const DemoReport&)>& take) {
  const auto fleet = Made(options);
  DemoReport report;
  while (fleet->Next(report)) take(report);
}

std::string Rendered(const DemoTruth& truth) {
  std::string text = std::to_string(truth.clusters) + " clusters, " +
                     std::to_string(truth.total_nodes) + " nodes, peak " +
                     std::to_string(truth.peak_nodes) + ", " + std::to_string(truth.total_tenants) +
                     " tenants;";
  for (const auto& [kind, count] : truth.apps) text += " " + kind + "=" + std::to_string(count);
  return text;
}

void ExpectTruthOfEveryWindow(const DemoFleetOptions& options) {
  const auto fleet = Made(options);
  Recount recount;
  DemoReport report;
  while (fleet->Next(report)) recount.Add(report);
  const Month first = Month::Of(fleet->begin());
  const Month last = Month::Of(options.end);
  for (Month month = first.Plus(-2); month <= last.Plus(13); month = month.Plus(1)) {
    for (const int span : {1, 3, 12}) {
      EXPECT_EQ(Rendered(fleet->Truth(month, static_cast<uint32_t>(span))),
                Rendered(recount.Of(month, span)))
          << month.ToString() << " span " << span;
      EXPECT_EQ(fleet->Sizes(month, static_cast<uint32_t>(span)), recount.SizesOf(month, span))
          << month.ToString() << " span " << span;
    }
  }
  EXPECT_GT(fleet->Truth(last, 12).total_nodes, 0U);
  EXPECT_FALSE(fleet->Sizes(last, 12).nodes.empty());
}

TEST(DemoFleet, KnowsWhatItsReportsAddUpToInEveryWindow) {
  ExpectTruthOfEveryWindow(Options(300, 14, days(2), kEnd));
}

TEST(DemoFleet, KnowsTheTruthOfManySmallFleets) {
  for (uint64_t seed = 1; seed <= 10; ++seed) {
    ExpectTruthOfEveryWindow(Options(15, 4, hours(7), At(2025, 2, 3, hours(1)), seed));
  }
}

TEST(DemoFleet, KnowsTheTruthWhileTheReportsAreStillComing) {
  const auto fleet = Made(Options(20, 3, hours(6), kEnd));
  Recount recount;
  DemoReport report;
  for (uint64_t n = 1; fleet->Next(report); ++n) {
    recount.Add(report);
    if (n % 500 != 0) continue;
    const Month now = Month::Of(report.time);
    EXPECT_EQ(fleet->Truth(now, 3), recount.Of(now, 3));
  }
}

TEST(DemoFleet, TheYearBeforeMarchBeginsInAprilOfTheYearBefore) {
  // Sources that left in March 2025 are in its own window and not in the one of March 2026.
  const auto fleet = Made(Options(300, 14, days(2), kEnd));
  std::set<std::string> in_window;
  std::set<std::string> in_march;
  DemoReport report;
  while (fleet->Next(report)) {
    if (report.body.find("cozy_cluster_info") == std::string::npos) continue;
    if (report.time >= At(2025, 4, 1)) in_window.insert(report.source);
    if (report.time >= At(2025, 3, 1) && report.time < At(2025, 4, 1)) {
      in_march.insert(report.source);
    }
  }
  EXPECT_EQ(fleet->Truth(Month::FromYearMonth(2026, 3), 12).clusters, in_window.size());
  EXPECT_EQ(fleet->Truth(Month::FromYearMonth(2025, 3), 1).clusters, in_march.size());
  std::vector<std::string> gone;
  std::set_difference(in_march.begin(), in_march.end(), in_window.begin(), in_window.end(),
                      std::back_inserter(gone));
  EXPECT_FALSE(gone.empty());
}

TEST(DemoFleet, SaysNothingOfTheTruthWhereItDoesNotKeepIt) {
  DemoFleetOptions options = Options(5, 1, hours(6), kEnd);
  options.keep_truth = false;
  const auto fleet = Made(options);
  DemoReport report;
  while (fleet->Next(report)) {
  }
  EXPECT_EQ(fleet->Truth(Month::Of(kEnd), 1), DemoTruth());
  EXPECT_EQ(fleet->Sizes(Month::Of(kEnd), 1), DemoSizes());
}

TEST(DemoFleet, GivesAsManyReportsAsItPromisedInOrderAndWithinItsTime) {
  const struct {
    const char* name;
    DemoFleetOptions options;
  } fleets[] = {
      {"as the demo", Options(300, 14, days(1), kEnd)},
      {"quarters of an hour", Options(20, 1, minutes(15), kEnd)},
      {"every second", Options(3, 1, seconds(1), At(2026, 3, 1, hours(2)))},
      {"twenty seconds, a jitter of one", Options(5, 1, seconds(20), At(2026, 3, 2))},
      {"a month apart", Options(300, 14, days(31), kEnd)},
      {"ten years", Options(10, 120, days(3), kEnd)},
      {"an instant", Options(50, 1, seconds(1), At(2026, 3, 1))},
      {"a minute", Options(50, 1, seconds(7), At(2026, 3, 1, minutes(1)))},
      {"a leap day", Options(10, 1, hours(1), At(2024, 2, 29, hours(23)))},
      {"one source", Options(1, 14, hours(6), kEnd)},
  };
  for (const auto& [name, base] : fleets) {
    for (uint64_t seed = 1; seed <= 5; ++seed) {
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
    EXPECT_GT(Made(Options(1, 14, minutes(15), kEnd, seed))->total_reports(), 0U) << seed;
  }
}

TEST(DemoFleet, BeginsWithItsFirstMonth) {
  EXPECT_EQ(Made(Options(1, 1, hours(1), kEnd))->begin(), At(2026, 3, 1));
  EXPECT_EQ(Made(Options(1, 14, hours(1), kEnd))->begin(), At(2025, 2, 1));
}

Hash128 FingerprintOf(const DemoFleetOptions& options) {
  Hash128 fingerprint;
  uint64_t number = 0;
  ForEach(options, [&](const DemoReport& report) {
    fingerprint += HashBytes(std::to_string(report.time.time_since_epoch().count()) + " " +
                                 report.source + "\n" + report.body,
                             number++);
  });
  return fingerprint;
}

TEST(DemoFleet, IsTheSameForTheSameOptionsAndAnotherForAnotherSeed) {
  const DemoFleetOptions options = Options(50, 14, days(1), kEnd);
  const Hash128 once = FingerprintOf(options);
  EXPECT_EQ(FingerprintOf(options), once);
  EXPECT_NE(FingerprintOf(Options(50, 14, days(1), kEnd, 2)), once);
  DemoFleetOptions without_truth = options;
  without_truth.keep_truth = false;
  EXPECT_EQ(FingerprintOf(without_truth), once);
}

TEST(DemoFleet, SourcesHaveUuidsAndNoTwoTheSame) {
  std::set<std::string> sources;
  ForEach(Options(300, 2, days(10), kEnd),
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

TEST(DemoFleet, PostsWhatTheThreeKindsOfSendersPost) {
  std::map<std::string, int> senders;
  ForEach(Options(60, 14, days(3), kEnd), [&](const DemoReport& report) {
    std::map<std::string, int> lines;
    std::set<std::string_view> series;
    for (const std::string_view line : Lines(report.body)) {
      ++lines[std::string(MetricOfLine(line))];
      EXPECT_TRUE(series.insert(line.substr(0, line.rfind(' '))).second) << line;
    }
    if (lines.contains("cozy_application_count")) {
      ++senders["controller"];
      EXPECT_EQ(lines, (std::map<std::string, int>{{"cozy_application_count", 27}}));
      return;
    }
    EXPECT_EQ(lines["cozy_cluster_info"], 1);
    EXPECT_EQ(lines["cozy_loadbalancers_count"], 1);
    EXPECT_GE(lines["cozy_nodes_count"], 1);
    EXPECT_LE(lines["cozy_nodes_count"], 2);
    if (report.body.find("oidc_enabled=\"true\"") != std::string::npos) {
      ++senders["legacy"];
      EXPECT_NE(report.body.find("bunde_enable=\"\",bunde_disable=\"\""), std::string::npos);
      EXPECT_NE(report.body.find("cozystack_version=\"v0."), std::string::npos);
      EXPECT_GE(lines["cozy_workloads_count"], 1);
      EXPECT_NE(report.body.find("cozy_workloads_count{uid=\""), std::string::npos);
      EXPECT_EQ(lines["cozy_package_info"], 0);
    } else {
      ++senders["operator"];
      EXPECT_NE(report.body.find("cozystack_version=\"v1."), std::string::npos);
      EXPECT_GE(lines["cozy_cluster_capacity"], 4);
      EXPECT_GE(lines["cozy_package_info"], 14);
      EXPECT_EQ(lines["cozy_workloads_count"], 0);
    }
  });
  EXPECT_GT(senders["controller"], 100);
  EXPECT_GT(senders["operator"], 100);
  EXPECT_GT(senders["legacy"], 100);
}

TEST(DemoFleet, LinesComeInAnotherOrderEachTime) {
  std::map<std::string, std::string> last;
  int reordered = 0;
  ForEach(Options(10, 1, hours(1), kEnd), [&](const DemoReport& report) {
    std::string& before =
        last[report.source + std::string(MetricOfLine(report.body)).substr(0, 16)];
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
  ForEach(Options(200, 1, hours(1), kEnd), [&](const DemoReport& report) {
    ++sixths[static_cast<size_t>(report.time.time_since_epoch() % hours(1) / minutes(10))];
  });
  const auto [least, most] = std::minmax_element(sixths.begin(), sixths.end());
  EXPECT_GT(*least * 2, *most);
}

TEST(DemoFleet, GrowsUpgradesFallsSilentAndLosesMembers) {
  struct Seen {
    UnixSeconds first, last;
    std::chrono::seconds longest_gap{0};
    std::set<std::string> info, node_series;
    std::set<int> nodes, tenants;
    bool legacy = false, modern = false, two_kernels_at_once = false;
  };
  std::map<std::string, Seen> sources;
  ForEach(Options(300, 14, hours(12), kEnd), [&](const DemoReport& report) {
    const auto [entry, is_new] = sources.try_emplace(report.source);
    Seen& seen = entry->second;
    if (is_new) seen.first = seen.last = report.time;
    seen.longest_gap = std::max(seen.longest_gap, report.time - seen.last);
    seen.last = report.time;
    int nodes = 0;
    int node_lines = 0;
    for (const std::string_view line : Lines(report.body)) {
      const std::string series(line.substr(0, line.rfind(' ')));
      const int value = std::atoi(std::string(line.substr(line.rfind(' '))).c_str());
      if (MetricOfLine(line) == "cozy_cluster_info") seen.info.insert(series);
      if (series == "cozy_application_count{kind=\"Tenant\"}") seen.tenants.insert(value);
      if (MetricOfLine(line) != "cozy_nodes_count") continue;
      seen.node_series.insert(series);
      nodes += value;
      ++node_lines;
    }
    if (nodes > 0) seen.nodes.insert(nodes);
    seen.two_kernels_at_once |= node_lines > 1;
    seen.legacy |= report.body.find("oidc_enabled") != std::string::npos;
    seen.modern |= report.body.find("cozy_application_count") != std::string::npos;
  });

  std::map<std::string, int> counts;
  for (const auto& [id, seen] : sources) {
    counts["there from the first day"] += seen.first < At(2025, 2, 2) ? 1 : 0;
    counts["joined in the last half year"] += seen.first > At(2025, 9, 10) ? 1 : 0;
    counts["left"] += seen.last < kEnd - days(60) ? 1 : 0;
    counts["fell silent and came back"] += seen.longest_gap > days(10) ? 1 : 0;
    counts["went from one sender to two"] += seen.legacy && seen.modern ? 1 : 0;
    counts["upgraded"] += seen.info.size() > 1 ? 1 : 0;
    counts["upgraded kernels"] += seen.node_series.size() > 1 ? 1 : 0;
    counts["two kernels at once"] += seen.two_kernels_at_once ? 1 : 0;
    counts["changed their size"] += seen.nodes.size() > 1 ? 1 : 0;
    counts["changed their tenants"] += seen.tenants.size() > 1 ? 1 : 0;
  }
  for (const auto& [what, count] : counts) EXPECT_GT(count, 3) << what;
  EXPECT_LT(counts["left"], 60);
  EXPECT_LT(counts["fell silent and came back"], 60);
  EXPECT_GT(sources.size(), 290U);
}

TEST(DemoFleet, RefusesOptionsOutOfBounds) {
  const auto message = [](const DemoFleetOptions& options) {
    return DemoFleet::Make(options).status().message();
  };
  EXPECT_EQ(message(Options(0, 1, hours(1), kEnd)), "demo fleet: sources is 0, want 1..1000000");
  EXPECT_EQ(message(Options(1'000'001, 1, hours(1), kEnd)),
            "demo fleet: sources is 1000001, want 1..1000000");
  EXPECT_EQ(message(Options(1, 0, hours(1), kEnd)), "demo fleet: months is 0, want 1..120");
  EXPECT_EQ(message(Options(1, 121, hours(1), kEnd)), "demo fleet: months is 121, want 1..120");
  EXPECT_EQ(message(Options(1, 1, seconds(0), kEnd)),
            "demo fleet: interval in seconds is 0, want 1..2678400");
  EXPECT_EQ(message(Options(1, 1, days(32), kEnd)),
            "demo fleet: interval in seconds is 2764800, want 1..2678400");
  EXPECT_EQ(message(Options(1, 1, hours(1), UnixSeconds())),
            "demo fleet: its end is not in the years 1980 to 9998");
}

}  // namespace
}  // namespace rollcall::demo
