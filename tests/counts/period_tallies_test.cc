// Tallies of days and months, who came and left, and their trend: random histories through the real
// ingest path and through imports, compared with the oracle after random steps.
#include "counts/period_tallies.h"

#include <gtest/gtest.h>

#include "storage/retention.h"
#include "tests/counts/random_life.h"
#include "tests/counts/tallied.h"
#include "tests/support/cozystack.h"
#include "tests/support/rounds.h"

namespace rollcall::test {
namespace {

void LiveThroughPeriods(unsigned seed, UnixSeconds start) {
  SCOPED_TRACE("seed " + std::to_string(seed));
  RandomLife life(seed, start, 1);
  Tallied& rollcall = life.rollcall();
  const auto today = [&] { return Day::Of(life.now()); };
  const auto look = [&] {
    rollcall.CompareMonth(Month::Of(life.now()).Plus(static_cast<int>(life.fleet().Below(6)) - 5));
    rollcall.Compare(
        Period::Of(Day{today().number - static_cast<uint32_t>(life.fleet().Below(3))}));
    rollcall.CompareDays(Day{today().number - static_cast<uint32_t>(life.fleet().Below(40))});
    rollcall.CompareDays(today());
  };
  const auto look_at = [&](UnixSeconds time) {
    rollcall.CompareMonth(Month::Of(time));
    rollcall.Compare(Period::Of(Day::Of(time)));
    rollcall.CompareDays(Day::Of(time));
    rollcall.CompareDays(today());
  };
  for (int step = 0; step < 100; ++step) {
    life.Step(look, look_at);
    if (::testing::Test::HasFatalFailure()) return;
  }
  for (uint32_t back = 0; back < 35; ++back) {
    rollcall.CompareDays(Day{today().number - back});
    if (::testing::Test::HasFatalFailure()) return;
  }
  for (Month month = Month::Of(start).Plus(-4); month <= Month::Of(life.now());
       month = month.Plus(1)) {
    rollcall.CompareMonth(month);
    if (::testing::Test::HasFatalFailure()) return;
  }
}

TEST(PeriodTallies, EveryPeriodOfARandomHistoryEqualsTheOracles) {
  const auto histories = static_cast<unsigned>(Rounds(20));
  for (unsigned seed = 1; seed <= histories; ++seed) {
    const char* const starts[] = {"2025-10-20", "2024-01-30", "2026-02-25"};
    LiveThroughPeriods(seed, At(starts[seed % 3]));
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
  const auto trend =
      rollcall.Trend({Period::Kind::kMonth, january}, january + 1, "cozy_cluster_info", "v", 2);
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
  const auto trend =
      rollcall.Trend({Period::Kind::kMonth, february}, february, "cozy_application_count", "kind");
  ASSERT_TRUE(trend.ok() && trend->has_value());
  EXPECT_EQ((*trend)->values.size(), 1'001U);
  EXPECT_EQ((*trend)->values.back().value, "Tenant");
  EXPECT_EQ((*trend)->other_values, 500);
  EXPECT_EQ((*trend)->other->steps[0].sum.ToInt64(), 1'500);
}

TEST(PeriodTallies, NodesOfVersionsWithoutEndAreOneRestAsTheVersionsAre) {
  Tallied rollcall;
  for (int i = 0; i < 1'002; ++i) {
    const std::string n = std::to_string(i);
    rollcall.Report("2026-02-10", "c" + n,
                    "cozy_cluster_info{v=\"" + n + "\"} 1\ncozy_nodes_count " + n + "\n");
  }
  rollcall.rollcall().SetTime("2026-03-01");
  const uint32_t february = Month::Parse("2026-02")->number;
  const auto trend =
      rollcall.Trend({Period::Kind::kMonth, february}, february, "cozy_cluster_info", "v");
  ASSERT_TRUE(trend.ok() && trend->has_value());
  int64_t nodes = (*trend)->other->sizes[0].ToInt64();
  // All are level but for their texts, of which these are the last two.
  EXPECT_EQ(nodes, 998 + 999);
  for (const counts::TrendValue& value : (*trend)->values) {
    EXPECT_EQ(value.sizes[0].ToInt64(), std::stoi(value.value));
    nodes += value.sizes[0].ToInt64();
  }
  EXPECT_EQ(nodes, 1'001 * 1'002 / 2);
}

TEST(PeriodTallies, WhatWasStoredBeforeNodesWereCountedByVersionIsCountedAgainWhereItCanBe) {
  Tallied rollcall;
  const std::string body = "cozy_cluster_info{v=\"1\"} 1\ncozy_nodes_count 3\n";
  rollcall.Report("2026-01-10", "a", body);
  rollcall.Report("2026-02-10", "a", body);
  rollcall.Report("2026-03-01", "a", body);
  ASSERT_TRUE(rollcall.Refresh().ok());
  storage::Store& store = rollcall.rollcall().stores().store();
  {
    storage::Transaction transaction(store);
    storage::Scan scan = store.NewScan(storage::Table::kPeriods, "", "");
    for (; scan.Valid(); scan.Next()) {
      const size_t head = EncodeKey(*storage::DecodePeriodKey(scan.key())).size();
      const auto key = storage::DecodeTallyKey(scan.key().substr(head));
      if (key && key->metric == storage::kSourceSizes) {
        transaction.Delete(storage::Table::kPeriods, scan.key());
      }
    }
    ASSERT_TRUE(transaction.Commit().ok());
  }
  ASSERT_TRUE(storage::DropChunksBefore(store, Day::Of(At("2026-01-11"))).ok());
  rollcall.Restart();
  const Period months[] = {Period::Of(Window{*Month::Parse("2026-01"), Span::kMonth}),
                           Period::Of(Window{*Month::Parse("2026-02"), Span::kYear})};
  const Period with_reports = Period::Of(Day::Of(At("2026-02-10")));
  const Period without = Period::Of(Day::Of(At("2026-01-10")));
  for (const Period period : {months[0], months[1], with_reports, without}) {
    EXPECT_EQ(rollcall.NodesBy(period, "v"), "not counted") << period.ToString();
  }
  ASSERT_TRUE(rollcall.Refresh().ok());
  for (const Period period : {months[0], months[1], with_reports}) {
    EXPECT_EQ(rollcall.NodesBy(period, "v"), "1=3 ") << period.ToString();
  }
  EXPECT_EQ(rollcall.NodesBy(without, "v"), "not counted");
  // Running periods are counted once more, for something was written.
  ASSERT_TRUE(rollcall.Refresh().ok());
  const double scans = rollcall.Scans();
  ASSERT_TRUE(rollcall.Refresh().ok());
  EXPECT_EQ(rollcall.Scans(), scans) << "once";
}

TEST(PeriodTallies, AMetricOrALabelThatNobodyReportedIsTold) {
  Tallied rollcall;
  rollcall.Report("2026-02-10", "a", "cozy_nodes_count{os=\"x\",kernel=\"y\"} 3\n");
  const uint32_t february = Month::Parse("2026-02")->number;
  EXPECT_FALSE(
      rollcall.Trend({Period::Kind::kMonth, february}, february, "nobodys", "")->has_value());
  EXPECT_TRUE(rollcall.Trend({Period::Kind::kMonth, february}, february, "cozy_cluster_info", "")
                  ->has_value());
  const auto trend =
      rollcall.Trend({Period::Kind::kMonth, february}, february, "cozy_nodes_count", "color");
  EXPECT_EQ((*trend)->known_labels, (std::vector<std::string>{"kernel", "os"}));
}

TEST(PeriodTallies, AMetricOrALabelOfManyNamesListsNoMoreThanAHundred) {
  Tallied rollcall;
  std::string body = "cozy_nodes_count{";
  for (int i = 0; i < 300; ++i) body += "label_" + std::to_string(1'000 + i) + "=\"x\",";
  rollcall.Report("2026-02-10", "a", body + "} 3\n");
  const uint32_t february = Month::Parse("2026-02")->number;
  const auto trend =
      rollcall.Trend({Period::Kind::kMonth, february}, february, "cozy_nodes_count", "color");
  EXPECT_EQ((*trend)->known_labels.size(), 100U);
}

TEST(PeriodTallies, OnlyTheValueThatIsAskedForIsGathered) {
  Tallied rollcall;
  rollcall.Report("2026-02-10", "a", "m{v=\"x\"} 1\nm{v=\"y\"} 2\n");
  const uint32_t february = Month::Parse("2026-02")->number;
  const auto trend = counts::ReadTrend(rollcall.rollcall().stores(), rollcall.tallies(),
                                       {.fleet = CozystackFleet(),
                                        .metric = "m",
                                        .by = "v",
                                        .first = february,
                                        .last = february,
                                        .only = "y"});
  ASSERT_TRUE(trend.ok() && trend->has_value());
  ASSERT_EQ((*trend)->values.size(), 1U);
  EXPECT_EQ((*trend)->values[0].value, "y");
  EXPECT_FALSE((*trend)->other.has_value());
}

TEST(PeriodTallies, WhenADayHasJustBegunTheThirtyDaysThatEndedYesterdayStandIn) {
  // A scan is never repeated while a caller waits.
  Tallied rollcall(64 * 1024 * 1024, {std::chrono::milliseconds(-1), std::chrono::seconds(0), 0});
  rollcall.Report("2026-03-10", "a", "cozy_cluster_info 1\n");
  ASSERT_TRUE(rollcall.Refresh().ok());
  rollcall.rollcall().SetTime("2026-03-11 00:00:01");
  const double scans = rollcall.Scans();
  const auto stand_in = rollcall.tallies().Last30Days(CozystackFleet());
  ASSERT_TRUE(stand_in.ok());
  EXPECT_EQ(stand_in->period, Period::Last30(Day::Of(At("2026-03-10"))));
  EXPECT_EQ(rollcall.Scans(), scans) << "nobody waits";
  ASSERT_TRUE(rollcall.Refresh().ok());
  const auto of_today = rollcall.tallies().Last30Days(CozystackFleet());
  ASSERT_TRUE(of_today.ok());
  EXPECT_EQ(of_today->period, Period::Last30(Day::Of(At("2026-03-11"))));
  // After a restart what is stored of yesterday stands in.
  rollcall.Restart();
  const auto again = rollcall.tallies().Last30Days(CozystackFleet());
  ASSERT_TRUE(again.ok());
  EXPECT_EQ(again->period, Period::Last30(Day::Of(At("2026-03-10"))));
}

TEST(PeriodTallies, AfterTheJobNoComparisonHasToBeScannedAndWhatIsOutdatedIsGone) {
  Tallied rollcall;
  for (int month = 1; month <= 9; ++month) {
    rollcall.Report("2025-0" + std::to_string(month) + "-10", "a", "cozy_cluster_info 1\n");
  }
  rollcall.rollcall().SetTime("2025-09-20");
  ASSERT_TRUE(rollcall.Refresh().ok());
  const auto has_to_scan = [&](Period period) {
    return rollcall.tallies().HasToScan(CozystackFleet(), period).value();
  };
  for (const char* const name : {"2025-01", "2025-05", "2025-08"}) {
    for (const Span span : kSpans) {
      EXPECT_FALSE(has_to_scan(Period::Of(Window{*Month::Parse(name), span}))) << name;
    }
  }
  const Day today = Day::Of(At("2025-09-20"));
  const Period same_days = counts::SameDaysBefore(Span::kMonth, today);
  EXPECT_EQ(same_days.ToString(), "2025-08-01 to 2025-08-20");
  EXPECT_FALSE(has_to_scan(same_days));
  EXPECT_FALSE(has_to_scan(Period::Last30(Day{today.number - 30})));
  EXPECT_EQ(rollcall.rollcall().Metric("rollcall_periods_missing{fleet=\"cozystack\"}"), 0U);
  rollcall.rollcall().SetTime("2025-11-20");
  ASSERT_TRUE(rollcall.Refresh().ok());
  EXPECT_TRUE(has_to_scan(same_days));
  EXPECT_TRUE(has_to_scan(Period::Last30(Day{today.number - 1})));
}

TEST(PeriodTallies, WithoutTimeTheJobCountsTheNewestMonthAndTellsWhatIsMissing) {
  Tallied rollcall;
  for (int month = 1; month <= 6; ++month) {
    rollcall.Report("2026-0" + std::to_string(month) + "-10", "a", "cozy_cluster_info 1\n");
  }
  ASSERT_TRUE(rollcall.tallies()
                  .Refresh(CozystackFleet(), std::chrono::milliseconds(0), std::stop_token())
                  .ok());
  EXPECT_GT(rollcall.rollcall().Metric("rollcall_periods_missing{fleet=\"cozystack\"}"), 100U);
  ASSERT_TRUE(rollcall.Refresh().ok());
  EXPECT_EQ(rollcall.rollcall().Metric("rollcall_periods_missing{fleet=\"cozystack\"}"), 0U);
}

TEST(PeriodTallies, AStopEndsAScan) {
  Tallied rollcall;
  rollcall.Report("2026-02-10", "a", "cozy_cluster_info 1\n");
  rollcall.tallies().RequestStop();
  const auto rows = rollcall.tallies().Get(
      CozystackFleet(), Period::Of(Window{*Month::Parse("2026-02"), Span::kMonth}));
  EXPECT_EQ(rows.status().code(), Code::kUnavailable);
}

}  // namespace
}  // namespace rollcall::test
