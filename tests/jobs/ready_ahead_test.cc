// Nobody waits for a scan: what somebody may ask of the past is counted by the jobs before, newest
// first, after a month's end, an import and an erasure, and they tell what they have not come to.
#include <gtest/gtest.h>

#include <algorithm>

#include "counts/comparison.h"
#include "counts/misdated.h"
#include "jobs/background_jobs.h"
#include "tests/counts/tallied.h"
#include "tests/support/cozystack.h"

namespace rollcall::jobs {
namespace {

using test::At;

const Fleet& kFleet = CozystackFleet();
constexpr const char* kMissing[] = {"rollcall_overviews_missing{fleet=\"cozystack\"}",
                                    "rollcall_periods_missing{fleet=\"cozystack\"}"};

Period MonthOf(const std::string& month) {
  return Period::Of(Window{*Month::Parse(month), Span::kMonth});
}

class ReadyAheadTest : public ::testing::Test {
 protected:
  // A cluster reports on the 10th of each month from `first` to `last`.
  void ReportMonthly(const std::string& first, const std::string& last) {
    for (Month month = *Month::Parse(first); month <= *Month::Parse(last); month = month.Plus(1)) {
      tallied_.Report(month.ToString() + "-10", "a",
                      "cozy_cluster_info{cozystack_version=\"" + month.ToString() +
                          "\"} 1\ncozy_nodes_count{os=\"x\"} 3\n"
                          "cozy_application_count{kind=\"Tenant\"} 2\n");
    }
  }
  void SetTime(const std::string& time) { rollcall().SetTime(time); }

  // One run of each of the jobs that count ahead.
  Status RunJobs() {
    Backups backups(rollcall().stores().store(), rollcall().clock(), {}, rollcall().registry());
    const JobServices services{rollcall().stores(),
                               rollcall().clock(),
                               rollcall().windows(),
                               tallied_.tallies(),
                               rollcall().overviews(),
                               app_list_,
                               catalog_,
                               backups,
                               rollcall().registry()};
    Status failed;
    for (const Job& job : BackgroundJobs(services, {true, {}, std::chrono::hours(1), {}})) {
      if (job.name != "tallies" && job.name != "closed-months") continue;
      const Status status = job.run({});
      if (failed.ok()) failed = status;
    }
    return failed;
  }
  uint64_t Missing() {
    uint64_t missing = 0;
    for (const char* const gauge : kMissing) missing += rollcall().Metric(gauge);
    return missing;
  }
  // As many runs as it takes; how slow the machine may be is not what is tested.
  void AwaitJobs() {
    do {
      ASSERT_TRUE(RunJobs().ok());
    } while (Missing() > 0);
  }
  uint64_t Scans() {
    return rollcall().Metric("rollcall_period_scans_total") +
           rollcall().Metric("rollcall_window_scans_total");
  }

  // All that is to be asked of a month of the past.
  void AskFor(Month month) {
    ASSERT_TRUE(rollcall().ReadOverview(month.ToString()).ok());
    counts::ComparisonReader comparisons(rollcall().stores(), rollcall().overviews(),
                                         tallied_.tallies());
    ASSERT_TRUE(comparisons.Read(kFleet, month).ok());
    for (const Span span : kSpans) {
      AskFor(Period::Of(Window{month, span}), 1);
    }
    AskFor(Period::Of(month.FirstDay()), month.LastDay().number - month.FirstDay().number + 1);
    AskFor(MonthOf(month.Plus(-11).ToString()), 12);
  }
  // A trend of so many steps or, of one, a breakdown.
  void AskFor(Period first, uint32_t steps) {
    for (const char* const by : {"", "cozystack_version"}) {
      const auto trend = tallied_.Trend(first, first.last + steps - 1, "cozy_cluster_info", by);
      ASSERT_TRUE(trend.ok() && trend->has_value());
      EXPECT_EQ((*trend)->pending, 0);
    }
  }
  void AskForMonths(const std::string& first, const std::string& last) {
    for (Month month = *Month::Parse(first); month <= *Month::Parse(last); month = month.Plus(1)) {
      AskFor(month);
    }
  }
  bool IsReady(Period period) {
    const Result<bool> has_to_scan = tallied_.tallies().HasToScan(kFleet, period);
    EXPECT_TRUE(has_to_scan.ok());
    return has_to_scan.ok() && !*has_to_scan;
  }
  // Whether the month's windows are counted and its overview is settled.
  bool IsSettled(const std::string& month) {
    const auto record = storage::TotalsLedger::ReadWindow(
        rollcall().stores().store(), {*Month::Parse(month), kFleet.ref},
        rollcall().stores().store().TakeSnapshot());
    EXPECT_TRUE(record.ok());
    return record.ok() && record->has_value() && (*record)->final;
  }

  test::Harness& rollcall() { return tallied_.rollcall(); }

  AppList app_list_{"", {}};
  const fleets::Catalog catalog_{BuiltInFleets()};
  test::Tallied tallied_;
};

TEST_F(ReadyAheadTest, AMonthThatClosesIsCountedAndThenNothingOfThePastIsScanned) {
  ReportMonthly("2025-01", "2026-03");
  AwaitJobs();
  SetTime("2026-04-01 00:00:05");
  EXPECT_FALSE(IsReady(MonthOf("2026-03")));
  EXPECT_FALSE(IsSettled("2026-03"));
  AwaitJobs();
  EXPECT_TRUE(IsReady(MonthOf("2026-03")));
  EXPECT_TRUE(IsSettled("2026-03"));
  const uint64_t scans = Scans();
  AskForMonths("2025-01", "2026-03");
  EXPECT_EQ(Scans(), scans);
}

TEST_F(ReadyAheadTest, WithoutTheJobWhoAsksFirstScans) {
  ReportMonthly("2026-01", "2026-03");
  SetTime("2026-04-01");
  const uint64_t scans = Scans();
  AskForMonths("2026-02", "2026-02");
  EXPECT_GT(Scans(), scans) << "else the other tests prove nothing";
}

TEST_F(ReadyAheadTest, WhatAnImportDroppedIsCountedAgain) {
  ReportMonthly("2025-01", "2026-03");
  SetTime("2026-04-02");
  AwaitJobs();
  tallied_.Import(At("2025-11-20"), "b", {{"cozy_cluster_info", {{"cozystack_version", "1"}}, 1}});
  for (const char* const month : {"2025-11", "2026-03"}) EXPECT_FALSE(IsSettled(month)) << month;
  EXPECT_FALSE(IsReady(MonthOf("2025-11")));
  EXPECT_FALSE(IsReady(Period::Of(Day::Of(At("2025-11-20")))));
  EXPECT_TRUE(IsSettled("2025-10"));
  AwaitJobs();
  const uint64_t scans = Scans();
  AskForMonths("2025-01", "2026-03");
  EXPECT_EQ(Scans(), scans);
  EXPECT_EQ((*rollcall().ReadOverview("2025-11"))->periods[0].sources, 2);
}

TEST_F(ReadyAheadTest, WhatAnErasureOfMisdatedReportsDroppedIsCountedAgain) {
  ReportMonthly("2025-01", "2026-03");
  // The clock was a year ahead, and what it made closed months of was counted.
  ReportMonthly("2026-05", "2027-05");
  AwaitJobs();
  EXPECT_TRUE(IsSettled("2026-05"));
  SetTime("2026-04-02");
  ASSERT_TRUE(counts::EraseMisdated(rollcall().stores(), At("2026-04-02")).ok());
  tallied_.Restart();
  EXPECT_FALSE(IsSettled("2026-05"));
  ReportMonthly("2026-04", "2026-05");
  SetTime("2026-06-02");
  AwaitJobs();
  EXPECT_TRUE(IsSettled("2026-05"));
  const uint64_t scans = Scans();
  AskForMonths("2025-01", "2026-05");
  EXPECT_EQ(Scans(), scans);
  EXPECT_EQ((*rollcall().ReadOverview("2026-05"))->periods[0].sources, 1);
}

TEST_F(ReadyAheadTest, TheNewestMonthsComeFirst) {
  ReportMonthly("2024-03", "2026-03");
  SetTime("2026-04-02");
  // Where the first month cannot be read, what needs it fails, and the run ends there.
  {
    storage::Transaction transaction(rollcall().stores().store());
    const storage::PeaksKey key{*Month::Parse("2024-03"), kFleet.ref, SourceRef{1}};
    transaction.Put(storage::Table::kPeaks, EncodeKey(key), "\xff");
    ASSERT_TRUE(transaction.Commit().ok());
  }
  EXPECT_EQ(RunJobs().code(), Code::kDataLoss);
  for (const char* const month : {"2026-03", "2025-09", "2025-03"}) {
    EXPECT_TRUE(IsSettled(month)) << month;
    EXPECT_TRUE(IsReady(Period::Of(Window{*Month::Parse(month), Span::kYear}))) << month;
  }
  for (const char* const month : {"2025-02", "2024-12", "2024-03"}) {
    EXPECT_FALSE(IsSettled(month)) << month;
    EXPECT_FALSE(IsReady(Period::Of(Window{*Month::Parse(month), Span::kYear}))) << month;
  }
}

TEST_F(ReadyAheadTest, WhatIsNotCountedYetIsToldUntilItIs) {
  ReportMonthly("2025-01", "2026-03");
  SetTime("2026-04-02");
  const std::chrono::milliseconds no_time(0);
  ASSERT_TRUE(tallied_.tallies().Refresh(kFleet, no_time, {}).ok());
  ASSERT_TRUE(rollcall().overviews().Prepare(kFleet, no_time, {}).ok());
  EXPECT_EQ(rollcall().Metric(kMissing[0]), 15U);
  // 15 months in three windows, the days from 2025-01-10 to 2026-04-01, what 30 days and three
  // running windows are compared with, and the 30 days that ended yesterday.
  EXPECT_EQ(rollcall().Metric(kMissing[1]), 45U + 447U + 5U);
  AwaitJobs();
  EXPECT_EQ(Missing(), 0U);
}

TEST_F(ReadyAheadTest, ATrendOfManyDaysThatNobodyCountedIsAnsweredWithThoseThatAreToCome) {
  ReportMonthly("2025-01", "2026-03");
  SetTime("2026-04-02");
  const uint32_t last = Day::Of(At("2026-04-01")).number;
  counts::TrendRequest request{.fleet = kFleet,
                               .metric = "cozy_cluster_info",
                               .kind = Period::Kind::kDay,
                               .first = last - 389,
                               .last = last,
                               .patience = std::chrono::milliseconds(-1)};
  const auto read = [&] {
    return counts::ReadTrend(rollcall().stores(), tallied_.tallies(), request);
  };
  const auto cold = read();
  ASSERT_TRUE(cold.ok() && cold->has_value()) << cold.status().message();
  EXPECT_EQ((*cold)->pending, 390);
  EXPECT_FALSE((*cold)->steps.front().known);
  AwaitJobs();
  const auto warm = read();
  ASSERT_TRUE(warm.ok() && warm->has_value());
  EXPECT_EQ((*warm)->pending, 0);
  EXPECT_EQ(std::count_if((*warm)->steps.begin(), (*warm)->steps.end(),
                          [](const counts::TrendStep& step) { return step.tally.sources == 1; }),
            13)
      << "the 10th of each month from March to March";
}

}  // namespace
}  // namespace rollcall::jobs
