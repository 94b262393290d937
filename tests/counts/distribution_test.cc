// Distributions of figures over the sources of a period: random histories through the real ingest
// path and through imports, compared with the oracle, and what is known of odd ones.
#include "model/distribution.h"

#include <gtest/gtest.h>

#include "counts/misdated.h"
#include "storage/keys.h"
#include "storage/retention.h"
#include "tests/counts/random_life.h"
#include "tests/counts/tallied.h"
#include "tests/support/cozystack.h"
#include "tests/support/rounds.h"

namespace rollcall::test {
namespace {

constexpr int kHistories = 20;

Period MonthOf(const char* name) { return Period::Of(Window{*Month::Parse(name), Span::kMonth}); }

void CompareMonth(Month month, Tallied& rollcall) {
  for (const Span span : kSpans) rollcall.CompareDistributions(Period::Of(Window{month, span}));
}

// Returns how many distributions were compared.
int LiveThrough(unsigned seed, UnixSeconds start) {
  SCOPED_TRACE("seed " + std::to_string(seed));
  RandomLife life(seed, start, 2);
  Tallied& rollcall = life.rollcall();
  const auto look = [&] {
    CompareMonth(Month::Of(life.now()).Plus(static_cast<int>(life.fleet().Below(6)) - 5), rollcall);
    const auto back = static_cast<uint32_t>(life.fleet().Below(40));
    rollcall.CompareDistributions(Period::Last30(Day{Day::Of(life.now()).number - back}));
    rollcall.CompareDistributions(Period::Last30(Day::Of(life.now())));
  };
  const auto look_at = [&](UnixSeconds time) {
    CompareMonth(Month::Of(time), rollcall);
    rollcall.CompareDistributions(Period::Last30(Day::Of(time)));
  };
  for (int step = 0; step < 120 && !::testing::Test::HasFatalFailure(); ++step) {
    life.Step(look, look_at);
  }
  for (Month month = Month::Of(start).Plus(-4); month <= Month::Of(life.now());
       month = month.Plus(1)) {
    if (::testing::Test::HasFatalFailure()) break;
    CompareMonth(month, rollcall);
  }
  if (!::testing::Test::HasFatalFailure()) {
    EXPECT_EQ(rollcall.rollcall().Verify(), "");
  }
  return rollcall.compared();
}

TEST(Distribution, EveryOneOfARandomHistoryEqualsTheOracles) {
  int compared = 0;
  const auto histories = static_cast<unsigned>(Rounds(kHistories));
  for (unsigned seed = 1; seed <= histories; ++seed) {
    const char* const starts[] = {"2025-10-20", "2024-01-30", "2026-02-25"};
    compared += LiveThrough(seed, At(starts[seed % 3]));
    if (HasFatalFailure()) return;
  }
  std::printf("%u random histories, %d distributions compared with the oracle, 0 differences\n",
              histories, compared);
  EXPECT_GT(compared, 100 * Rounds(kHistories));
}

class DistributionTest : public ::testing::Test {
 protected:
  void Report(const std::string& time, const std::string& id, const std::string& body) {
    rollcall_.Report(time, id, body);
  }

  Tallied rollcall_;
};

TEST_F(DistributionTest, OneSourceIsItsOwnMedian) {
  Report("2026-02-10", "a", "cozy_cluster_info 1\ncozy_nodes_count 3\n");
  EXPECT_EQ(
      rollcall_.Nodes(MonthOf("2026-02")),
      "1 counted; peak 1, sum 3: 3 3 3 3 3 3 3; 3-3=1; latest 1, sum 3: 3 3 3 3 3 3 3; 3-3=1");
  EXPECT_EQ(rollcall_.Tenants(MonthOf("2026-02")), "1 counted; peak 0; latest 0");
}

TEST_F(DistributionTest, ASourceCountsByItsMostAtOnceAndByItsLatestReport) {
  // An upgrade: three nodes before, three after, and never six.
  Report("2026-02-10", "a", "cozy_cluster_info 1\ncozy_nodes_count{kernel=\"1\"} 3\n");
  Report(
      "2026-02-11", "a",
      "cozy_cluster_info 1\ncozy_nodes_count{kernel=\"1\"} 2\ncozy_nodes_count{kernel=\"2\"} 2\n");
  Report("2026-02-12", "a", "cozy_cluster_info 1\ncozy_nodes_count{kernel=\"2\"} 1\n");
  // The metric is silent since.
  Report("2026-02-13", "a", "cozy_cluster_info 1\n");
  EXPECT_EQ(
      rollcall_.Nodes(MonthOf("2026-02")),
      "1 counted; peak 1, sum 4: 4 4 4 4 4 4 4; 4-5=1; latest 1, sum 1: 1 1 1 1 1 1 1; 1-1=1");
}

TEST_F(DistributionTest, TheLatestReportOfAYearMayBeMonthsOld) {
  Report("2025-06-10", "a", "cozy_cluster_info 1\ncozy_nodes_count 9\n");
  Report("2025-06-11", "a", "cozy_cluster_info 1\ncozy_nodes_count 7\n");
  Report("2026-02-10", "a", "cozy_cluster_info 1\n");
  EXPECT_EQ(
      rollcall_.Nodes(Period::Of(Window{*Month::Parse("2026-02"), Span::kYear})),
      "1 counted; peak 1, sum 9: 9 9 9 9 9 9 9; 6-10=1; latest 1, sum 7: 7 7 7 7 7 7 7; 6-10=1");
  EXPECT_EQ(rollcall_.Nodes(MonthOf("2026-02")), "1 counted; peak 0; latest 0");
}

TEST_F(DistributionTest, WhoHasNoNumberIsUnknownAndNotZero) {
  Report("2026-02-10", "a", "cozy_cluster_info 1\ncozy_nodes_count 0\n");
  Report("2026-02-10", "b", "cozy_cluster_info 1\n");
  Report("2026-02-10", "c", "cozy_cluster_info 1\ncozy_nodes_count +Inf\n");
  Report("2026-02-10", "uncounted", "cozy_nodes_count 50\n");
  EXPECT_EQ(
      rollcall_.Nodes(MonthOf("2026-02")),
      "3 counted; peak 1, sum 0: 0 0 0 0 0 0 0; 0-0=1; latest 1, sum 0: 0 0 0 0 0 0 0; 0-0=1");
}

TEST_F(DistributionTest, OfALabelValueTheSourcesOwnSeriesCount) {
  Report("2026-02-10", "a",
         "cozy_cluster_info 1\ncozy_application_count{kind=\"Tenant\"} 2\n"
         "cozy_application_count{kind=\"Postgres\"} 40\n");
  Report("2026-02-11", "a", "cozy_application_count{kind=\"Tenant\"} 5\n");
  Report("2026-02-12", "a", "cozy_application_count{kind=\"Tenant\"} 1\n");
  // Has had one, and its latest report says no more of it.
  Report("2026-02-10", "b", "cozy_cluster_info 1\ncozy_application_count{kind=\"Tenant\"} 8\n");
  Report("2026-02-11", "b", "cozy_application_count{kind=\"Postgres\"} 1\n");
  EXPECT_EQ(rollcall_.Tenants(MonthOf("2026-02")),
            "2 counted; peak 2, sum 13: 5 5 5 8 8 8 8; 4-5=1 6-10=1; "
            "latest 1, sum 1: 1 1 1 1 1 1 1; 1-1=1");
}

TEST_F(DistributionTest, HugeNegativeAndFractionalNumbersCount) {
  const char* const numbers[] = {"1e300", "1e18", "-4", "0.25", "2.5", "1000000"};
  for (size_t i = 0; i < std::size(numbers); ++i) {
    Report("2026-02-10", "c" + std::to_string(i),
           "cozy_cluster_info 1\ncozy_nodes_count " + std::string(numbers[i]) +
               "\ncozy_application_count{kind=\"Tenant\"} " + numbers[i] + "\n");
  }
  // Beyond 2^64 a number counts as that, and so does a negative one.
  Report("2026-02-10", "least",
         "cozy_cluster_info 1\ncozy_nodes_count -1e300\n"
         "cozy_application_count{kind=\"Tenant\"} -1e300\n");
  const std::string once =
      "7, sum 1e+18: -1.844674407e+19 -4 2.5 1e+18 1.844674407e+19 1.844674407e+19 "
      "1.844674407e+19; -1.844674407e+19--1.844674407e+19=1 -5--4=1 0.25-0.5=1 2.5-3=1 "
      "1000000-1000000=1 "
      "1e+18-1e+18=1 1.844674407e+19-1.844674407e+19=1";
  const std::string both = "7 counted; peak " + once + "; latest " + once;
  EXPECT_EQ(rollcall_.Nodes(MonthOf("2026-02")), both);
  EXPECT_EQ(rollcall_.Tenants(MonthOf("2026-02")), both);
}

TEST_F(DistributionTest, AnImportIntoAClosedMonthIsCounted) {
  Report("2026-02-10", "a", "cozy_cluster_info 1\ncozy_nodes_count 1\n");
  Report("2026-03-10", "a", "cozy_cluster_info 1\ncozy_nodes_count 1\n");
  ASSERT_TRUE(rollcall_.Refresh().ok());
  rollcall_.Import(At("2026-02-11"), "b",
                   {{"cozy_cluster_info", {}, 1}, {"cozy_nodes_count", {}, 3}});
  EXPECT_EQ(rollcall_.Nodes(MonthOf("2026-02")),
            "2 counted; peak 2, sum 4: 1 1 1 3 3 3 3; 1-1=1 3-3=1; "
            "latest 2, sum 4: 1 1 1 3 3 3 3; 1-1=1 3-3=1");
}

TEST_F(DistributionTest, WhatIsStoredOutlivesItsReportsAndWhatIsNotHasNoLatest) {
  const std::string body = "cozy_cluster_info 1\ncozy_nodes_count 3\n";
  const std::string by_peak = "1 counted; peak 1, sum 3: 3 3 3 3 3 3 3; 3-3=1; latest ";
  const std::string by_both = by_peak + "1, sum 3: 3 3 3 3 3 3 3; 3-3=1";
  Report("2026-01-10", "a", body);
  Report("2026-02-10", "a", body);
  Report("2026-03-10", "a", body);
  EXPECT_EQ(rollcall_.Nodes(MonthOf("2026-01")), by_both);
  ASSERT_TRUE(storage::DropChunksBefore(rollcall_.rollcall().stores().store(),
                                        Month::Parse("2026-03")->FirstDay())
                  .ok());
  rollcall_.Restart();
  EXPECT_EQ(rollcall_.Nodes(MonthOf("2026-01")), by_both);
  EXPECT_EQ(rollcall_.Nodes(MonthOf("2026-02")), by_peak + "not known");
  // The source's latest report is still there, though others of the quarter are not.
  EXPECT_EQ(rollcall_.Nodes(Period::Of(Window{*Month::Parse("2026-03"), Span::kQuarter})), by_both);
  EXPECT_EQ(rollcall_.rollcall().Verify(), "");
}

TEST_F(DistributionTest, ErasedReportsAreInNoDistributionAnyMore) {
  Report("2026-02-20", "a", "cozy_cluster_info 1\ncozy_nodes_count 3\n");
  const std::string of_a =
      "1 counted; peak 1, sum 3: 3 3 3 3 3 3 3; 3-3=1; "
      "latest 1, sum 3: 3 3 3 3 3 3 3; 3-3=1";
  // The clock runs ahead, and what comes in meanwhile is counted.
  Harness& rollcall = rollcall_.rollcall();
  rollcall.SetClock("2026-02-25");
  ASSERT_TRUE(rollcall.Report("b", "cozy_cluster_info 1\ncozy_nodes_count 9\n").ok());
  rollcall.SetClock("2026-03-05");
  EXPECT_EQ(rollcall_.Nodes(MonthOf("2026-02")).substr(0, 18), "2 counted; peak 2,");
  rollcall.SetClock("2026-02-20 00:15:00");
  rollcall_.Restart();
  ASSERT_TRUE(counts::EraseMisdated(rollcall.stores(), rollcall.stores().time().Now()).ok());
  rollcall_.Restart();
  rollcall.SetTime("2026-03-05");
  EXPECT_EQ(rollcall_.Nodes(MonthOf("2026-02")), of_a);
  EXPECT_EQ(rollcall.Verify(), "");
}

TEST_F(DistributionTest, WhereReportsAreDamagedThePeaksStillCount) {
  Report("2026-02-10", "a", "cozy_cluster_info 1\ncozy_nodes_count 3\n");
  {
    storage::Store& store = rollcall_.rollcall().stores().store();
    storage::Transaction transaction(store);
    transaction.Put(storage::Table::kChunks,
                    EncodeKey(storage::ChunkKey{Day::Of(At("2026-02-10")), kFirstFleet, {1}}),
                    "\xff");
    ASSERT_TRUE(transaction.Commit().ok());
  }
  EXPECT_EQ(rollcall_.Nodes(MonthOf("2026-02")),
            "1 counted; peak 1, sum 3: 3 3 3 3 3 3 3; 3-3=1; latest not known");
}

TEST_F(DistributionTest, WhatWasStoredWithoutIsCountedAgainOnceWhereItCanBe) {
  const std::string body = "cozy_cluster_info 1\ncozy_nodes_count 3\n";
  for (const char* const day : {"2026-01-10", "2026-02-10", "2026-03-01"}) Report(day, "a", body);
  ASSERT_TRUE(rollcall_.Refresh().ok());
  const std::string counted = rollcall_.Nodes(MonthOf("2026-02"));
  storage::Store& store = rollcall_.rollcall().stores().store();
  int deleted = 0;
  {
    storage::Transaction transaction(store);
    for (storage::Scan scan = store.NewScan(storage::Table::kPeriods, "", ""); scan.Valid();
         scan.Next()) {
      const size_t head = EncodeKey(*storage::DecodePeriodKey(scan.key())).size();
      const auto key = storage::DecodeTallyKey(scan.key().substr(head));
      if (!key || !storage::IsDistribution(*key)) continue;
      transaction.Delete(storage::Table::kPeriods, scan.key());
      ++deleted;
    }
    ASSERT_TRUE(transaction.Commit().ok());
  }
  // Of two figures: two months with their quarters and years, and two times 30 days.
  EXPECT_EQ(deleted, 2 * (2 * 3 + 2));
  rollcall_.Restart();
  EXPECT_EQ(rollcall_.rollcall().Verify(), "") << "an earlier version had none";
  EXPECT_EQ(rollcall_.Nodes(MonthOf("2026-02")), "not counted");
  ASSERT_TRUE(rollcall_.Refresh().ok());
  EXPECT_EQ(rollcall_.Nodes(MonthOf("2026-02")), counted);
  // Running periods are counted once more, for something was written.
  ASSERT_TRUE(rollcall_.Refresh().ok());
  const double scans = rollcall_.Scans();
  ASSERT_TRUE(rollcall_.Refresh().ok());
  EXPECT_EQ(rollcall_.Scans(), scans);
}

TEST_F(DistributionTest, AFigureThatTheFleetHasAnewIsCountedInWhatIsStored) {
  Report("2026-02-10", "a", "cozy_cluster_info 1\ncozy_nodes_count 3\ncozy_pvs_count 6\n");
  Report("2026-03-10", "a", "cozy_cluster_info 1\n");
  ASSERT_TRUE(rollcall_.Refresh().ok());
  Fleet fleet = CozystackFleet();
  fleet.figures.push_back({.metric = "cozy_pvs_count",
                           .label = "",
                           .label_value = "",
                           .total_name = "total_volumes",
                           .average_name = "avg_volumes_per_cluster",
                           .name = "volumes"});
  EXPECT_EQ(rollcall_.Distribution(MonthOf("2026-02"), fleet.figures.back()), "not counted");
  rollcall_.Restart();
  ASSERT_TRUE(rollcall_.tallies().Refresh(fleet, std::chrono::minutes(5), std::stop_token()).ok());
  EXPECT_EQ(
      rollcall_.Distribution(MonthOf("2026-02"), fleet.figures.back()),
      "1 counted; peak 1, sum 6: 6 6 6 6 6 6 6; 6-10=1; latest 1, sum 6: 6 6 6 6 6 6 6; 6-10=1");
}

TEST_F(DistributionTest, AllPeriodsThatThePageOffersAreReadyAfterTheJob) {
  for (int month = 1; month <= 3; ++month) {
    Report("2026-0" + std::to_string(month) + "-10", "a",
           "cozy_cluster_info 1\ncozy_nodes_count 3\n");
  }
  ASSERT_TRUE(rollcall_.Refresh().ok());
  // What runs is counted once more, for something was written.
  ASSERT_TRUE(rollcall_.Refresh().ok());
  const double scans = rollcall_.Scans();
  for (const char* const name : {"2026-01", "2026-02", "2026-03"}) {
    for (const Span span : kSpans) {
      EXPECT_NE(rollcall_.Nodes(Period::Of(Window{*Month::Parse(name), span})), "not counted");
    }
  }
  EXPECT_NE(rollcall_.Nodes(Period::Last30(Day::Of(At("2026-03-10")))), "not counted");
  EXPECT_EQ(rollcall_.Scans(), scans);
}

}  // namespace
}  // namespace rollcall::test
