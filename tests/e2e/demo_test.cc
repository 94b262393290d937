// What is said of made-up fleets is what a recount of their reports says, for every month and every
// span. In this process for large fleets, and with the binary for small ones.
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

#include "cli/fleet_files.h"
#include "counts/overview.h"
#include "counts/period_tallies.h"
#include "counts/trend.h"
#include "counts/verify.h"
#include "counts/window_counts.h"
#include "demo/fill.h"
#include "demo/fleet.h"
#include "model/fleet.h"
#include "tests/demo/recount.h"
#include "tests/e2e/rollcall_process.h"
#include "tests/support/cozystack.h"
#include "tests/support/manual_clock.h"
#include "tests/support/temp_dir.h"

namespace rollcall::test {
namespace {

using ::testing::AllOf;
using ::testing::HasSubstr;
using ::testing::StartsWith;

#ifdef ROLLCALL_SANITIZED
constexpr uint32_t kSources = 20;
constexpr std::chrono::hours kInterval{24};
#else
constexpr uint32_t kSources = 120;
constexpr std::chrono::hours kInterval{12};
#endif
constexpr uint32_t kDemoMonths = 14;

std::unique_ptr<demo::DemoFleet> FleetOf(const fleets::Declaration& declaration,
                                         const demo::DemoFleetOptions& options) {
  auto fleet = demo::DemoFleet::Make(declaration, options);
  EXPECT_TRUE(fleet.ok()) << fleet.status().message();
  return std::move(fleet).value();
}

std::vector<std::string> AllDeclarations() {
  return {"cozystack", "coroot", ROLLCALL_SOURCE_DIR "/packaging/fleets/syncthing.json",
          ROLLCALL_SOURCE_DIR "/packaging/fleets/example.json"};
}

std::string JoinedBy(const std::string& between, const std::vector<std::string>& texts) {
  std::string joined;
  for (const std::string& text : texts) joined += (joined.empty() ? "" : between) + text;
  return joined;
}

// The same numbers by another way: from the tallies, which their own scan fills.
demo::Recounted Tallied(storage::Stores& stores, counts::PeriodTallies& tallies, const Fleet& fleet,
                        Window window) {
  demo::Recounted counted;
  const auto read = [&](const std::string& metric, const std::string& by) {
    const Period period = Period::Of(window);
    auto trend = counts::ReadTrend(stores, tallies,
                                   {.fleet = fleet,
                                    .metric = metric,
                                    .by = by,
                                    .kind = period.kind,
                                    .first = period.last,
                                    .last = period.last,
                                    .top = 1'000});
    EXPECT_TRUE(trend.ok() && trend->has_value()) << metric << " " << by;
    return std::move(**trend);
  };
  const auto sum_of = [&](const counts::Trend& trend, const std::string& value) -> int64_t {
    for (const counts::TrendValue& one : trend.values) {
      if (one.value == value) return one.steps.front().sum.ToInt64();
    }
    return 0;
  };
  counted.sources = read(fleet.counted_metric, "").steps.front().tally.sources;
  for (const Figure& figure : fleet.figures) {
    const counts::Trend trend = read(figure.metric, figure.label);
    const Totals all = trend.steps.front().tally;
    const bool is_whole = figure.label.empty();
    counted.totals.push_back(is_whole ? all.sum.ToInt64() : sum_of(trend, figure.label_value));
    counted.report_totals.push_back(is_whole ? std::optional(all.report_sum.ToInt64())
                                             : std::nullopt);
  }
  for (const Breakdown& breakdown : fleet.breakdowns) {
    auto& values = counted.breakdowns.emplace_back();
    for (const counts::TrendValue& one : read(breakdown.metric, breakdown.label).values) {
      if (!one.value.empty()) values[one.value] = one.steps.front().sum.ToInt64();
    }
  }
  return counted;
}

// The distribution by peak says of these sizes, ascending, what they are.
void ExpectSizes(const storage::PeriodRows& rows, const Figure& figure,
                 const std::vector<double>& sizes) {
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
    EXPECT_EQ(bin.sources, std::count_if(sizes.begin(), sizes.end(), [&](double size) {
                return size >= bin.from && size <= bin.to;
              }));
    binned += bin.sources;
  }
  EXPECT_EQ(binned, peak.sources) << figure.name;
}

// One month and the spans that end with it: the overview, the tallies and the distributions say
// what a recount says.
void ExpectRecounted(storage::Stores& stores, counts::OverviewReader& overviews,
                     counts::PeriodTallies& tallies, const Fleet& fleet,
                     const demo::Recount& recount, Month month) {
  const auto read = overviews.Read(fleet, month);
  ASSERT_TRUE(read.ok()) << read.status().message();
  ASSERT_TRUE(read->has_value() && (*read)->month == month);
  const Overview& overview = **read;
  for (const Span span : kSpans) {
    SCOPED_TRACE(std::to_string(MonthsOf(span)) + " months");
    demo::Recounted expected = recount.Of(month, MonthsOf(span));
    EXPECT_GT(expected.sources, 0);
    const auto rows = tallies.Get(fleet, Period::Of(Window{month, span}));
    ASSERT_TRUE(rows.ok() && rows->has_value());
    for (size_t i = 0; i < fleet.figures.size(); ++i) {
      ExpectSizes(**rows, fleet.figures[i], expected.sizes[i]);
    }
    expected.sizes.clear();
    EXPECT_EQ(Tallied(stores, tallies, fleet, Window{month, span}), expected);

    const PeriodCounts& period = overview.periods[static_cast<size_t>(span)];
    EXPECT_EQ(period.sources, expected.sources);
    for (size_t i = 0; i < fleet.figures.size(); ++i) {
      EXPECT_EQ(period.figures[i].total, expected.totals[i]) << fleet.figures[i].name;
      EXPECT_EQ(period.figures[i].report_total, expected.report_totals[i]) << fleet.figures[i].name;
    }
    if (span != Span::kMonth) continue;
    for (size_t i = 0; i < fleet.breakdowns.size(); ++i) {
      // Known names stand there at 0.
      BreakdownTotals totals = overview.breakdowns[i];
      for (const std::string& name : fleet.breakdowns[i].known_names) {
        if (!expected.breakdowns[i].contains(name)) totals.erase(name);
      }
      EXPECT_EQ(totals, expected.breakdowns[i]) << fleet.breakdowns[i].name;
    }
  }
}

TEST(DemoTest, TheOverviewOfEachFleetIsARecountOfItsReportsForEveryMonthAndSpan) {
  TempDir dir;
  storage::StoreOptions options;
  options.directory = dir.path();
  const auto stores = storage::Stores::Open(options);
  ASSERT_TRUE(stores.ok()) << stores.status().message();
  const UnixSeconds end =
      std::chrono::sys_days(std::chrono::year(2026) / 3 / 10) + std::chrono::hours(15);
  const auto set = cli::OpenFleets(
      JoinedBy(",", AllDeclarations()),
      [&](const std::string& name) { return (*stores)->fleets().Assign(name); }, nullptr);
  ASSERT_TRUE(set.ok()) << set.status().message();

  std::vector<demo::DemoIntake> intakes;
  std::vector<demo::Recount> recounts;
  std::vector<Fleet> fleets;
  uint64_t promised = 0;
  for (const auto& declared : (*set)->all()) {
    const demo::DemoFleetOptions made{1, kSources, kDemoMonths, end, kInterval};
    const fleets::Declaration& declaration = declared->declaration();
    intakes.push_back({{declared->fleet().ref, &declared->format()},
                       declared->body_names_source(),
                       FleetOf(declaration, made)});
    promised += intakes.back().fleet->total_reports();
    fleets.push_back(declared->fleet());
    demo::Recount& recount = recounts.emplace_back(declaration);
    const auto again = FleetOf(declaration, made);
    demo::DemoReport report;
    while (again->Next(report)) recount.Add(report);
  }
  metrics::Registry registry;
  uint64_t reports = 0;
  const Status filled = demo::FillWithDemo(
      **stores, intakes, registry, [&](uint64_t done) { reports = done; }, [] { return false; });
  ASSERT_TRUE(filled.ok()) << filled.message();
  EXPECT_EQ(reports, promised);

  const ManualClock clock(end);
  counts::WindowCounts windows(**stores, registry);
  counts::OverviewReader overviews(**stores, windows, clock, registry,
                                   [] { return std::vector<std::string>(); });
  counts::PeriodTallies tallies(**stores, clock, registry);
  for (size_t i = 0; i < fleets.size(); ++i) {
    for (uint32_t back = 0; back < kDemoMonths; ++back) {
      const Month month = Month::Of(end).Plus(-static_cast<int>(back));
      SCOPED_TRACE(fleets[i].name + " " + month.ToString());
      ExpectRecounted(**stores, overviews, tallies, fleets[i], recounts[i], month);
    }
  }
  const auto verified = counts::Verify(**stores, fleets, [](uint64_t, uint64_t) {});
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

  // The numbers of the last months' overviews of a fleet, one line for each period.
  static std::string Served(HttpClient client, const Fleet& fleet, Month last) {
    std::string text;
    for (uint32_t back = 0; back < kFewMonths; ++back) {
      const Month month = last.Plus(-static_cast<int>(back));
      const auto reply =
          client.Get("/api/v1/overview?fleet=" + fleet.name + "&month=" + month.ToString());
      const auto json = nlohmann::json::parse(reply.body, nullptr, false);
      if (reply.status != 200 || json.is_discarded()) return reply.body;
      for (const Span span : kSpans) {
        const auto& period = json["periods"][span == Span::kMonth     ? "month"
                                             : span == Span::kQuarter ? "quarter"
                                                                      : "year"]["figures"];
        text += month.ToString() + " " + std::to_string(MonthsOf(span)) + ": " +
                period[fleet.counted_name]["value"].dump();
        for (const Figure& figure : fleet.figures) {
          text += " " + figure.total_name + " " + period[figure.total_name]["value"].dump();
        }
        text += "\n";
      }
    }
    return text;
  }
  // What they must be for a fleet whose history ends at an instant.
  static std::string Truth(const fleets::Declaration& declaration, UnixSeconds end) {
    const auto made =
        FleetOf(declaration, {5, kFewSources, kFewMonths, end, std::chrono::hours(24)});
    demo::Recount recount(declaration);
    demo::DemoReport report;
    while (made->Next(report)) recount.Add(report);
    std::string text;
    for (uint32_t back = 0; back < kFewMonths; ++back) {
      const Month month = Month::Of(end).Plus(-static_cast<int>(back));
      for (const Span span : kSpans) {
        const demo::Recounted counts = recount.Of(month, MonthsOf(span));
        text += month.ToString() + " " + std::to_string(MonthsOf(span)) + ": " +
                std::to_string(counts.sources);
        for (size_t i = 0; i < counts.totals.size(); ++i) {
          text += " " + declaration.fleet.figures[i].total_name + " " +
                  std::to_string(counts.totals[i]);
        }
        text += "\n";
      }
    }
    return text;
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
    EXPECT_TRUE(demo.process().AwaitErr("demo"));
    // Its history ends at a second that it alone knows, after it was started and before it served.
    std::string truth;
    for (UnixSeconds end = before; end <= after && (served.empty() || served != truth);
         end += std::chrono::seconds(1)) {
      last = Month::Of(end);
      truth = Truth(Cozystack().declaration(), end);
      served = Served(demo.Public(), CozystackFleet(), last);
    }
    EXPECT_EQ(served, truth);
    EXPECT_GT(demo.Private().Metric("rollcall_sources"), kFewSources / 2);
    EXPECT_EQ(demo.Stop(), 0);
  }
  EXPECT_EQ(Verify(DataDir()), "");
  RollcallProcess again(FewSources());
  EXPECT_TRUE(again.process().AwaitErr("holds a demo fleet already"));
  EXPECT_EQ(Served(again.Public(), CozystackFleet(), last), served);
  EXPECT_EQ(again.Stop(), 0);
}

TEST_F(DemoCommandTest, EachFleetOfTheListHasAHistoryOnItsPageInItsNumbersAndInTheStore) {
  ChildOptions options =
      Demo({"--fleets", JoinedBy(",", AllDeclarations()), "--sources", std::to_string(kFewSources),
            "--months", std::to_string(kFewMonths), "--interval", "24h"});
  const auto set = cli::OpenFleets(
      JoinedBy(",", AllDeclarations()),
      [](const std::string&) -> Result<FleetRef> { return kFirstFleet; }, nullptr);
  ASSERT_TRUE(set.ok()) << set.status().message();
  {
    RollcallProcess demo(options);
    HttpClient client = demo.Public();
    for (const auto& declared : (*set)->all()) {
      const fleets::Declaration& declaration = declared->declaration();
      SCOPED_TRACE(declaration.fleet.name);
      const std::string of_fleet = "fleet=" + declaration.fleet.name;
      const auto overview =
          nlohmann::json::parse(client.Get("/api/v1/overview?" + of_fleet).body, nullptr, false);
      ASSERT_FALSE(overview.is_discarded());
      const auto& figures = overview["periods"]["year"]["figures"];
      EXPECT_GT(figures[declaration.fleet.counted_name]["value"], kFewSources / 2);
      for (const Figure& figure : declaration.fleet.figures) {
        EXPECT_GT(figures[figure.total_name]["value"], 0) << figure.total_name;
      }
      for (const fleets::Panel& panel : declaration.page) {
        if (panel.by.empty()) continue;
        const auto breakdown =
            nlohmann::json::parse(client
                                      .Get("/api/v1/breakdown?" + of_fleet +
                                           "&periods=12&metric=" + panel.metric + "&by=" + panel.by)
                                      .body,
                                  nullptr, false);
        int named = 0;
        for (const auto& value : breakdown["values"]) named += value["value"] != "" ? 1 : 0;
        EXPECT_GT(named, 0) << panel.title;
      }
      const auto page = client.Get("/" + declaration.fleet.name + "/");
      EXPECT_EQ(page.status, 200);
      EXPECT_THAT(page.body, HasSubstr(declaration.title));
    }
    EXPECT_EQ(demo.Stop(), 0);
  }
  EXPECT_EQ(Verify(DataDir()), "");
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
