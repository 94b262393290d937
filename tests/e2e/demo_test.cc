// The demo fleet knows its truth: what the overview says of it must be that, for every month and
// every span. In this process for a large fleet, and with the binary for a small one.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <chrono>
#include <filesystem>
#include <map>
#include <memory>
#include <nlohmann/json.hpp>
#include <string>
#include <thread>
#include <vector>

#include "counts/overview.h"
#include "counts/period_tallies.h"
#include "counts/trend.h"
#include "counts/verify.h"
#include "counts/window_counts.h"
#include "demo/fill.h"
#include "demo/fleet.h"
#include "model/fleet.h"
#include "tests/e2e/rollcall_process.h"
#include "tests/support/intake.h"
#include "tests/support/manual_clock.h"
#include "tests/support/temp_dir.h"

namespace rollcall::test {
namespace {

using ::testing::AllOf;
using ::testing::HasSubstr;
using ::testing::StartsWith;

#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
constexpr uint32_t kSources = 40;
constexpr std::chrono::hours kInterval{24};
#else
constexpr uint32_t kSources = 300;
constexpr std::chrono::hours kInterval{6};
#endif
constexpr uint32_t kMonths = 14;

std::unique_ptr<demo::DemoFleet> Fleet(uint64_t seed, uint32_t sources, uint32_t months,
                                       UnixSeconds end, std::chrono::seconds interval) {
  auto fleet = demo::DemoFleet::Make({seed, sources, months, end, interval, true});
  EXPECT_TRUE(fleet.ok()) << fleet.status().message();
  return std::move(fleet).value();
}

// The same numbers by another way: from the tallies, which their own scan fills.
demo::DemoTruth TalliesAsTruth(storage::Stores& stores, counts::PeriodTallies& tallies,
                               Window window) {
  demo::DemoTruth truth;
  const auto read = [&](const std::string& metric, const std::string& by) {
    const Period period = Period::Of(window);
    auto trend = counts::ReadTrend(stores, tallies,
                                   {.fleet = CozystackFleet(),
                                    .metric = metric,
                                    .by = by,
                                    .kind = period.kind,
                                    .first = period.last,
                                    .last = period.last,
                                    .top = 1'000});
    EXPECT_TRUE(trend.ok() && trend->has_value());
    return std::move(**trend);
  };
  truth.clusters = static_cast<uint64_t>(read("cozy_cluster_info", "").steps.front().tally.sources);
  const Totals nodes = read("cozy_nodes_count", "").steps.front().tally;
  truth.total_nodes = static_cast<uint64_t>(nodes.sum.ToInt64());
  truth.peak_nodes = static_cast<uint64_t>(nodes.report_sum.ToInt64());
  for (const counts::TrendValue& kind : read("cozy_application_count", "kind").values) {
    truth.apps[kind.value] = static_cast<uint64_t>(kind.steps.front().sum.ToInt64());
  }
  const auto tenants = truth.apps.find("Tenant");
  truth.total_tenants = tenants == truth.apps.end() ? 0 : tenants->second;
  return truth;
}

// The distribution by peak says of these sizes, ascending, what they are.
void ExpectSizes(const storage::PeriodRows& rows, const Figure& figure,
                 const std::vector<uint32_t>& sizes) {
  const auto distribution = rows.DistributionOf(figure);
  ASSERT_TRUE(distribution.ok() && distribution->has_value()) << figure.name;
  const Distribution& peak = (*distribution)->peak;
  ASSERT_EQ(static_cast<size_t>(peak.sources), sizes.size()) << figure.name;
  if (sizes.empty()) return;
  for (size_t i = 0; i < kPercentiles.size(); ++i) {
    const size_t place = (sizes.size() * static_cast<size_t>(kPercentiles[i]) + 99) / 100;
    EXPECT_EQ(peak.percentiles[i], sizes[place - 1]) << figure.name << " " << kPercentiles[i];
  }
  int64_t binned = 0;
  for (const DistributionBin& bin : peak.bins) {
    EXPECT_EQ(bin.sources, std::count_if(sizes.begin(), sizes.end(), [&](uint32_t size) {
                return size >= bin.from && size <= bin.to;
              }));
    binned += bin.sources;
  }
  EXPECT_EQ(binned, peak.sources) << figure.name;
}

TEST(DemoTest, TheOverviewOfAFleetIsItsTruthForEveryMonthAndSpan) {
  TempDir dir;
  storage::StoreOptions options;
  options.directory = dir.path();
  const auto stores = storage::Stores::Open(options);
  ASSERT_TRUE(stores.ok()) << stores.status().message();
  const UnixSeconds end =
      std::chrono::sys_days(std::chrono::year(2026) / 3 / 10) + std::chrono::hours(15);
  const auto fleet = Fleet(1, kSources, kMonths, end, kInterval);
  metrics::Registry registry;
  uint64_t reports = 0;
  const Status filled = demo::FillWithDemo(
      **stores, CozystackIntake(), *fleet, registry, [&](uint64_t done) { reports = done; },
      [] { return false; });
  ASSERT_TRUE(filled.ok()) << filled.message();
  EXPECT_EQ(reports, fleet->total_reports());

  const ManualClock clock(end);
  counts::WindowCounts windows(**stores, registry);
  counts::OverviewReader overviews(**stores, windows, clock, registry,
                                   [] { return std::vector<std::string>(); });
  counts::PeriodTallies tallies(**stores, clock, registry);
  for (uint32_t back = 0; back < kMonths; ++back) {
    const Month month = Month::Of(end).Plus(-static_cast<int>(back));
    const auto read = overviews.Read(CozystackFleet(), month);
    ASSERT_TRUE(read.ok()) << read.status().message();
    ASSERT_TRUE(read->has_value()) << month.ToString();
    const Overview& overview = **read;
    ASSERT_EQ(overview.month, month);
    for (const Span span : kSpans) {
      const PeriodCounts& period = overview.periods[static_cast<size_t>(span)];
      const demo::DemoTruth truth = fleet->Truth(month, static_cast<uint32_t>(MonthsOf(span)));
      const std::string where =
          month.ToString() + " and the " + std::to_string(MonthsOf(span) - 1) + " before";
      EXPECT_EQ(static_cast<uint64_t>(period.sources), truth.clusters) << where;
      EXPECT_EQ(static_cast<uint64_t>(period.figures[0].total), truth.total_nodes) << where;
      EXPECT_EQ(static_cast<uint64_t>(period.figures[0].report_total.value_or(-1)),
                truth.peak_nodes)
          << where;
      EXPECT_EQ(static_cast<uint64_t>(period.figures[1].total), truth.total_tenants) << where;
      EXPECT_EQ(TalliesAsTruth(**stores, tallies, Window{month, span}), truth) << where;
      const auto rows = tallies.Get(CozystackFleet(), Period::Of(Window{month, span}));
      ASSERT_TRUE(rows.ok() && rows->has_value()) << where;
      const demo::DemoSizes sizes = fleet->Sizes(month, static_cast<uint32_t>(MonthsOf(span)));
      ExpectSizes(**rows, CozystackFleet().figures[0], sizes.nodes);
      ExpectSizes(**rows, CozystackFleet().figures[1], sizes.tenants);
    }
    const std::map<std::string, uint64_t> apps(overview.breakdowns[0].begin(),
                                               overview.breakdowns[0].end());
    EXPECT_EQ(apps, fleet->Truth(month, 1).apps) << month.ToString();
  }
  const auto verified = counts::Verify(**stores, {CozystackFleet()}, [](uint64_t, uint64_t) {});
  EXPECT_EQ(verified.faults + verified.differences, 0U);
  EXPECT_EQ(verified.reports, reports);
}

class DemoCommandTest : public ::testing::Test {
 protected:
  static constexpr uint32_t kFewSources = 50;
  static constexpr uint32_t kFewMonths = 3;

  std::string DataDir() const { return dir_.path() + "/data"; }
  ChildOptions Demo(std::vector<std::string> args = {}) const {
    args.insert(args.begin(), {"demo", "--data-dir", DataDir()});
    ChildOptions options = RollcallOptions(std::move(args));
    options.variables["ROLLCALL_APP_LIST_URL"] = "";
    return options;
  }
  ChildOptions FewSources() const {
    return Demo({"--sources", std::to_string(kFewSources), "--months", std::to_string(kFewMonths),
                 "--seed", "5", "--interval", "24h"});
  }

  // The numbers of the last months' overviews, one line for each period.
  static std::string Served(HttpClient client, Month last) {
    std::string text;
    for (uint32_t back = 0; back < kFewMonths; ++back) {
      const Month month = last.Plus(-static_cast<int>(back));
      const auto reply = client.Get("/api/overview?year=" + std::to_string(month.year()) +
                                    "&month=" + std::to_string(month.month()));
      const auto json = nlohmann::json::parse(reply.body, nullptr, false);
      if (reply.status != 200 || json.is_discarded()) return reply.body;
      for (const Span span : kSpans) {
        const auto& period = json["periods"][span == Span::kMonth     ? "month"
                                             : span == Span::kQuarter ? "quarter"
                                                                      : "year"];
        text +=
            Line(month, span, period["clusters"], period["total_nodes"], period["total_tenants"]);
      }
    }
    return text;
  }
  // What they must be for a fleet whose history ends at an instant.
  static std::string Truth(UnixSeconds end) {
    const auto fleet = Fleet(5, kFewSources, kFewMonths, end, std::chrono::hours(24));
    demo::DemoReport report;
    while (fleet->Next(report)) {
    }
    std::string text;
    for (uint32_t back = 0; back < kFewMonths; ++back) {
      const Month month = Month::Of(end).Plus(-static_cast<int>(back));
      for (const Span span : kSpans) {
        const demo::DemoTruth truth = fleet->Truth(month, static_cast<uint32_t>(MonthsOf(span)));
        text += Line(month, span, truth.clusters, truth.total_nodes, truth.total_tenants);
      }
    }
    return text;
  }
  static std::string Line(Month month, Span span, uint64_t clusters, uint64_t nodes,
                          uint64_t tenants) {
    return month.ToString() + " " + std::to_string(MonthsOf(span)) + ": " +
           std::to_string(clusters) + " clusters, " + std::to_string(nodes) + " nodes, " +
           std::to_string(tenants) + " tenants\n";
  }
  TempDir dir_;
};

TEST_F(DemoCommandTest, ItFillsAStoreWithItsFleetServesItAndTheSameOneAgain) {
  const UnixSeconds before = SystemClock().Now();
  std::string served;
  Month last;
  {
    RollcallProcess demo(FewSources());
    const UnixSeconds after = SystemClock().Now();
    EXPECT_THAT(demo.process().err(), HasSubstr("demo"));
    // Its history ends at a second that it alone knows, after it was started and before it served.
    std::string truth;
    for (UnixSeconds end = before; end <= after && (served.empty() || served != truth);
         end += std::chrono::seconds(1)) {
      last = Month::Of(end);
      truth = Truth(end);
      served = Served(demo.Public(), last);
    }
    EXPECT_EQ(served, truth);
    EXPECT_GT(demo.Private().Metric("rollcall_sources"), kFewSources / 2);
    EXPECT_EQ(demo.Stop(), 0);
  }
  EXPECT_EQ(Verify(DataDir()), "");
  RollcallProcess again(FewSources());
  EXPECT_THAT(again.process().err(), HasSubstr("holds a demo fleet already"));
  EXPECT_EQ(Served(again.Public(), last), served);
  EXPECT_EQ(again.Stop(), 0);
}

TEST_F(DemoCommandTest, AStoreOfSomethingElseIsRefusedAndLeftAlone) {
  {
    RollcallProcess rollcall(RollcallProcess::Serving(DataDir()));
    ASSERT_EQ(rollcall.Public().Post("mine", "cozy_cluster_info 1\n").status, 200);
    EXPECT_EQ(rollcall.Stop(), 0);
  }
  const Finished run = RunToEnd(FewSources());
  EXPECT_EQ(run.code, 1);
  EXPECT_EQ(run.out, "");
  EXPECT_EQ(run.err, "rollcall demo: " + DataDir() +
                         " holds 1 source: name an empty directory with --data-dir\n");
  RollcallProcess rollcall(RollcallProcess::Serving(DataDir()));
  EXPECT_EQ(rollcall.Private().Metric("rollcall_sources"), 1);
}

TEST_F(DemoCommandTest, ASignalWhileItFillsEndsItAndLeavesNoHalfStore) {
  ChildProcess demo(Demo({"--sources", "5000"}));
  const auto deadline = std::chrono::steady_clock::now() + std::chrono::seconds(30);
  while (!std::filesystem::exists(DataDir() + "/CURRENT") &&
         std::chrono::steady_clock::now() < deadline) {
    std::this_thread::sleep_for(std::chrono::milliseconds(5));
  }
  EXPECT_EQ(demo.End(SIGINT), 1);
  EXPECT_THAT(demo.err(), HasSubstr("rollcall demo: fill with the demo fleet: interrupted\n"));
  EXPECT_EQ(demo.out(), "");
  EXPECT_FALSE(std::filesystem::exists(DataDir()));
}

}  // namespace
}  // namespace rollcall::test
