// Tallies of days and months, who came and left, and their trend: random histories through the real
// ingest path and through imports, compared with the oracle after random steps.
#include "counts/period_tallies.h"

#include <gtest/gtest.h>

#include "counts/source_moves.h"
#include "counts/trend.h"
#include "ingest/importer.h"
#include "storage/retention.h"
#include "tests/counts/random_fleet.h"
#include "tests/counts/tally_oracle.h"
#include "tests/support/rollcall_harness.h"
#include "tests/support/rounds.h"

namespace rollcall::test {
namespace {

constexpr std::chrono::hours kEver{1'000'000};  // no scan takes that long

class Tallied {
 public:
  explicit Tallied(size_t source_cache_bytes = 64 * 1024 * 1024,
                   const counts::TallyOptions& options = {kEver, std::chrono::seconds(0), 0})
      : rollcall_(source_cache_bytes), options_(options) {
    Reopen();
  }

  void Restart() {
    tallies_.reset();
    rollcall_.Restart();
    Reopen();
  }

  void Report(UnixSeconds time, const std::string& id, const std::vector<Oracle::Series>& series) {
    rollcall_.SetTime(time);
    const Status status = rollcall_.Report(id, BodyOf(series));
    ASSERT_TRUE(status.ok()) << status.message();
    oracle_.Add({time, id, series});
  }
  // The same, without the oracle.
  void Report(const std::string& time, const std::string& id, const std::string& body) {
    rollcall_.SetTime(time);
    ASSERT_TRUE(rollcall_.Report(id, body).ok());
  }
  void Import(UnixSeconds time, const std::string& id, const std::vector<Oracle::Series>& series) {
    std::string lines;
    for (const Oracle::Series& s : series) {
      Oracle::Series of_source = s;
      of_source.labels["cluster_id"] = id;
      std::string line = BodyOf({of_source});
      line.back() = ' ';
      lines += line + std::to_string(time.time_since_epoch().count()) + "000\n";
    }
    ingest::ImportOptions options;
    options.fleet = kCozystackFleet;
    options.latest = rollcall_.clock().Now();
    auto importer = ingest::Importer::Start(rollcall_.stores(), &rollcall_.ingester(), options);
    ASSERT_TRUE(importer.ok());
    ASSERT_TRUE((*importer)->Feed(lines).ok());
    ASSERT_TRUE((*importer)->Finish().ok());
    oracle_.Add({time, id, series});
  }

  Result<std::optional<counts::Trend>> Trend(Period first, uint32_t last, const std::string& metric,
                                             const std::string& by, size_t top = 1'000'000) {
    return counts::ReadTrend(rollcall_.stores(), *tallies_,
                             {CozystackFleet(), metric, by, first.months, first.last, last, top});
  }
  // Rendered as the oracle does.
  std::string Tally(Period period, const std::string& metric, const std::string& by) {
    const auto trend = Trend(period, period.last, metric, by);
    if (!trend.ok()) return trend.status().message();
    if (!trend->has_value()) return RenderMetric(0, 0, 0);
    return Render(**trend, 0);
  }
  static std::string Render(const counts::Trend& trend, size_t step) {
    const Totals& tally = trend.steps[step].tally;
    std::string text =
        RenderMetric(tally.sources, tally.sum.ToDouble(), tally.report_sum.ToDouble());
    std::map<std::string, std::string> values;
    for (const counts::TrendValue& value : trend.values) {
      const ValueTally& of = value.steps[step];
      values[value.value] = RenderValue(value.value, of.sources, of.nonzero, of.sum.ToDouble());
    }
    for (const auto& [value, rendered] : values) text += " " + rendered;
    return text;
  }
  std::string Moves(Month last, Span span) {
    const auto moves = counts::ReadSourceMoves(*tallies_, CozystackFleet(), last);
    if (!moves.ok()) return moves.status().message();
    const counts::SourceMoves& of_span = (*moves)[static_cast<size_t>(span)];
    return TallyOracle::RenderMoves(of_span.new_sources, of_span.returned, of_span.gone);
  }

  // Compares a period of some metrics and labels.
  void Compare(Period period) {
    SCOPED_TRACE(period.ToString());
    const std::pair<const char*, const char*> asked[] = {{"cozy_cluster_info", "cozystack_version"},
                                                         {"cozy_nodes_count", "os"},
                                                         {"cozy_nodes_count", "kernel"},
                                                         {"cozy_application_count", "kind"},
                                                         {"cozy_pvs_count", "size"}};
    for (const auto& [metric, by] : asked) {
      ASSERT_EQ(Tally(period, metric, by), oracle_.Tally(period, metric, by)) << metric << by;
    }
  }
  void CompareMonth(Month month) {
    for (const Span span : kSpans) {
      Compare(Period::Of(Window{month, span}));
      ASSERT_EQ(Moves(month, span), oracle_.Moves(month, MonthsOf(span)))
          << month.ToString() << " " << MonthsOf(span);
    }
  }

  double Scans() { return static_cast<double>(rollcall_.Metric("rollcall_period_scans_total")); }
  Harness& rollcall() { return rollcall_; }
  counts::PeriodTallies& tallies() { return *tallies_; }
  Status Refresh() {
    return tallies_->Refresh(CozystackFleet(), std::chrono::minutes(5), std::stop_token());
  }

 private:
  void Reopen() {
    tallies_ = std::make_unique<counts::PeriodTallies>(rollcall_.stores(), rollcall_.clock(),
                                                       rollcall_.registry(), options_);
  }

  Harness rollcall_;
  const counts::TallyOptions options_;
  std::unique_ptr<counts::PeriodTallies> tallies_;
  TallyOracle oracle_;
};

// Steps of up to this long: some histories dwell within days, others skip months.
constexpr int kStepHours[] = {1, 9, 40, 200, 900};

void LiveThrough(unsigned seed, UnixSeconds start) {
  SCOPED_TRACE("seed " + std::to_string(seed));
  Tallied rollcall(seed % 3 == 0 ? 2'000 : 64 * 1024 * 1024);
  RandomFleet fleet(seed);
  UnixSeconds now = start;
  const int step_hours = kStepHours[seed % std::size(kStepHours)];
  for (int step = 0; step < 100; ++step) {
    // No source has two reports in one second: an import would take them for one.
    now += std::chrono::seconds(1 + fleet.Below(static_cast<size_t>(step_hours) * 3600));
    if (fleet.Below(25) == 0) now = Month::Of(now).Plus(1).Start() - std::chrono::seconds(1);
    const auto [id, series] =
        fleet.has_last() && fleet.Below(3) == 0 ? fleet.Again() : fleet.Next();
    rollcall.Report(now, id, series);
    if (fleet.Below(40) == 0) rollcall.Restart();
    if (fleet.Below(8) == 0) {
      rollcall.CompareMonth(Month::Of(now).Plus(static_cast<int>(fleet.Below(6)) - 5));
      rollcall.Compare(
          Period::Of(Day{Day::Of(now).number - static_cast<uint32_t>(fleet.Below(3))}));
    }
    if (fleet.Below(10) == 0) {
      // Into a month or a day that is closed and, as like as not, stored.
      const auto back = std::chrono::seconds(1 + fleet.Below(90 * 86'400));
      const auto [from, imported] = fleet.Next();
      rollcall.Import(now - back, from + "-imported", imported);
      rollcall.CompareMonth(Month::Of(now - back));
      rollcall.Compare(Period::Of(Day::Of(now - back)));
    }
    if (::testing::Test::HasFatalFailure()) return;
  }
  for (Month month = Month::Of(start).Plus(-4); month <= Month::Of(now); month = month.Plus(1)) {
    rollcall.CompareMonth(month);
    if (::testing::Test::HasFatalFailure()) return;
  }
}

TEST(PeriodTallies, EveryPeriodOfARandomHistoryEqualsTheOracles) {
  const auto histories = static_cast<unsigned>(Rounds(20));
  for (unsigned seed = 1; seed <= histories; ++seed) {
    const char* const starts[] = {"2025-10-20", "2024-01-30", "2026-02-25"};
    LiveThrough(seed, At(starts[seed % 3]));
    if (HasFatalFailure()) return;
  }
}

TEST(PeriodTallies, AClosedPeriodIsScannedOnceAndAgainAfterAnImport) {
  Tallied rollcall;
  rollcall.Report("2026-02-10", "a", "cozy_cluster_info{v=\"1\"} 1\n");
  rollcall.Report("2026-03-10", "a", "cozy_cluster_info{v=\"2\"} 1\n");
  const Period february = Period::Of(Window{*Month::Parse("2026-02"), Span::kMonth});
  const std::string alone = "1 sources, sum 1, peak 1: 1=1/1/1";
  EXPECT_EQ(rollcall.Tally(february, "cozy_cluster_info", "v"), alone);
  const double scans = rollcall.Scans();
  for (int i = 0; i < 3; ++i) {
    EXPECT_EQ(rollcall.Tally(february, "cozy_cluster_info", "v"), alone);
  }
  EXPECT_EQ(rollcall.Scans(), scans);
  rollcall.Import(At("2026-02-11"), "b", {{"cozy_cluster_info", {{"v", "1"}}, 1}});
  EXPECT_EQ(rollcall.Tally(february, "cozy_cluster_info", "v"),
            "2 sources, sum 2, peak 2: 1=2/2/2");
  EXPECT_EQ(rollcall.Scans(), scans + 1);
}

TEST(PeriodTallies, ARunningPeriodShowsEachReportAndIsNotScannedWithoutOne) {
  Tallied rollcall;
  const Period march = Period::Of(Window{*Month::Parse("2026-03"), Span::kMonth});
  for (int i = 1; i <= 3; ++i) {
    rollcall.Report("2026-03-10", "c" + std::to_string(i), "cozy_cluster_info{v=\"1\"} 1\n");
    const std::string n = std::to_string(i);
    const std::string all =
        n + " sources, sum " + n + ", peak " + n + ": 1=" + n + "/" + n + "/" + n;
    EXPECT_EQ(rollcall.Tally(march, "cozy_cluster_info", "v"), all);
    EXPECT_EQ(rollcall.Tally(march, "cozy_cluster_info", "v"), all);
    EXPECT_EQ(rollcall.Scans(), i);
  }
}

TEST(PeriodTallies, WhereAScanTakesLongCallersGetTheLastOneAndTheJobMakesTheNext) {
  Tallied rollcall(64 * 1024 * 1024, {std::chrono::milliseconds(-1), std::chrono::seconds(0), 0});
  const Period march = Period::Of(Window{*Month::Parse("2026-03"), Span::kMonth});
  rollcall.Report("2026-03-10", "a", "cozy_cluster_info{v=\"1\"} 1\n");
  EXPECT_EQ(rollcall.Tally(march, "cozy_cluster_info", "v"), "1 sources, sum 1, peak 1: 1=1/1/1");
  rollcall.Report("2026-03-10", "b", "cozy_cluster_info{v=\"1\"} 1\n");
  EXPECT_EQ(rollcall.Tally(march, "cozy_cluster_info", "v"), "1 sources, sum 1, peak 1: 1=1/1/1");
  ASSERT_TRUE(rollcall.Refresh().ok());
  EXPECT_EQ(rollcall.Tally(march, "cozy_cluster_info", "v"), "2 sources, sum 2, peak 2: 1=2/2/2");
  const double scans = rollcall.Scans();
  ASSERT_TRUE(rollcall.Refresh().ok());
  EXPECT_EQ(rollcall.Scans(), scans) << "nothing was reported since";
}

TEST(PeriodTallies, TheJobStoresClosedDaysAndTheyOutliveTheirReports) {
  Tallied rollcall;
  rollcall.Report("2026-02-10", "a", "cozy_nodes_count{os=\"x\"} 3\n");
  rollcall.Report("2026-02-11", "a", "cozy_nodes_count{os=\"x\"} 4\n");
  rollcall.Report("2026-02-13", "a", "cozy_nodes_count{os=\"x\"} 5\n");
  ASSERT_TRUE(rollcall.Refresh().ok());
  ASSERT_TRUE(
      storage::DropChunksBefore(rollcall.rollcall().stores().store(), Day::Of(At("2026-02-12")))
          .ok());
  rollcall.Restart();
  const Day first = Day::Of(At("2026-02-09"));
  const auto trend = rollcall.Trend(Period::Of(first), first.number + 4, "cozy_nodes_count", "os");
  ASSERT_TRUE(trend.ok() && trend->has_value());
  const char* const expected[] = {
      "0 sources, sum 0, peak 0: x=0/0/0", "1 sources, sum 3, peak 3: x=1/1/3",
      "1 sources, sum 4, peak 4: x=1/1/4", "0 sources, sum 0, peak 0: x=0/0/0",
      "1 sources, sum 5, peak 5: x=1/1/5"};
  for (size_t step = 0; step < 5; ++step) {
    EXPECT_EQ(Tallied::Render(**trend, step), expected[step]) << step;
    EXPECT_EQ((*trend)->steps[step].known, step != 0) << "before the first report";
    EXPECT_EQ((*trend)->steps[step].final, step != 4);
  }
}

TEST(PeriodTallies, TheTopValuesOfATrendAreThoseWithTheMostSourcesAndTheOthersAreOne) {
  Tallied rollcall;
  const auto report = [&](const std::string& day, const std::string& id, const std::string& v) {
    rollcall.Report(day, id, "cozy_cluster_info{v=\"" + v + "\"} 1\n");
  };
  report("2026-01-05", "a", "old");
  report("2026-01-05", "b", "old");
  report("2026-01-05", "c", "older");
  report("2026-02-05", "a", "new");
  report("2026-02-05", "b", "odd");
  report("2026-02-05", "c", "older");
  const uint32_t january = Month::Parse("2026-01")->number;
  const auto trend = rollcall.Trend({1, january}, january + 1, "cozy_cluster_info", "v", 2);
  ASSERT_TRUE(trend.ok() && trend->has_value());
  // "new", "odd" and "older" are level with one each: the text decides.
  ASSERT_EQ((*trend)->values.size(), 2U);
  EXPECT_EQ((*trend)->values[0].value, "old");
  EXPECT_EQ((*trend)->values[1].value, "new");
  EXPECT_EQ((*trend)->other_values, 2);
  ASSERT_TRUE((*trend)->other.has_value());
  EXPECT_EQ((*trend)->other->steps[0].sources, 1);
  EXPECT_EQ((*trend)->other->steps[1].sources, 2);
  EXPECT_EQ((*trend)->other->steps[1].sum.ToInt64(), 2);
}

TEST(PeriodTallies, ValuesWithoutEndAreOneRestAndWhatAFigureCountsStandsAmongThem) {
  Tallied rollcall;
  std::string body = "cozy_application_count{kind=\"Tenant\"} 2\n";
  for (int i = 0; i < 1'500; ++i) {
    // All of them rank before the tenants, but for those that are too long.
    body += "cozy_application_count{kind=\"made-up-" + std::to_string(i) +
            std::string(i < 10 ? 300 : 0, 'x') + "\"} 3\n";
  }
  rollcall.Report("2026-02-10", "a", body);
  rollcall.rollcall().SetTime("2026-03-01");
  const uint32_t february = Month::Parse("2026-02")->number;
  const auto trend = rollcall.Trend({1, february}, february, "cozy_application_count", "kind");
  ASSERT_TRUE(trend.ok() && trend->has_value());
  EXPECT_EQ((*trend)->values.size(), 1'001U);
  EXPECT_EQ((*trend)->values.back().value, "Tenant");
  EXPECT_EQ((*trend)->other_values, 500);
  EXPECT_EQ((*trend)->other->steps[0].sum.ToInt64(), 1'500);
}

TEST(PeriodTallies, AMetricOrALabelThatNobodyReportedIsTold) {
  Tallied rollcall;
  rollcall.Report("2026-02-10", "a", "cozy_nodes_count{os=\"x\",kernel=\"y\"} 3\n");
  const uint32_t february = Month::Parse("2026-02")->number;
  EXPECT_FALSE(rollcall.Trend({1, february}, february, "nobodys", "")->has_value());
  EXPECT_TRUE(rollcall.Trend({1, february}, february, "cozy_cluster_info", "")->has_value());
  const auto trend = rollcall.Trend({1, february}, february, "cozy_nodes_count", "color");
  EXPECT_EQ((*trend)->known_labels, (std::vector<std::string>{"kernel", "os"}));
}

}  // namespace
}  // namespace rollcall::test
