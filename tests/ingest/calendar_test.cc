// Reports over restarts, midnights, ends of months, and with a clock that is set back.
#include <gtest/gtest.h>

#include "tests/support/intake.h"
#include "tests/support/rollcall_harness.h"

namespace rollcall::test {
namespace {

const char kOperator[] = "cozy_cluster_info{v=\"1\"} 1\ncozy_nodes_count{k=\"6.6\"} 3\n";

class ReportCalendar : public ::testing::Test {
 protected:
  void ReportAt(const std::string& time, const std::string& id, const std::string& body) {
    rollcall_.SetTime(time);
    const Status status = rollcall_.Report(id, body);
    ASSERT_TRUE(status.ok()) << status.message();
  }
  uint64_t Outcome(const std::string& outcome) {
    return rollcall_.Metric("rollcall_reports_total{outcome=\"" + outcome + "\"}");
  }
  // The bytes of the chunk of source 1; 0 where there is none.
  size_t ChunkBytes(const std::string& date) {
    const storage::ChunkKey key{Day::Of(At(date)), kFirstFleet, {1}};
    const auto chunk =
        rollcall_.stores().store().Get(storage::Table::kChunks, storage::EncodeKey(key));
    return chunk.ok() && chunk->has_value() ? (*chunk)->size() : 0;
  }
  PeaksRow Peaks(int year, unsigned month) {
    const storage::PeaksKey key{Month::FromYearMonth(year, month), kFirstFleet, {1}};
    const auto bytes =
        rollcall_.stores().store().Get(storage::Table::kPeaks, storage::EncodeKey(key));
    PeaksRow row;
    if (bytes.ok() && bytes->has_value()) {
      EXPECT_TRUE(storage::DecodePeaks(**bytes, row).ok());
    }
    return row;
  }
  std::string GeneratedAt(const std::string& month) {
    const auto overview = rollcall_.ReadOverview(month);
    return overview.ok() && overview->has_value() ? FormatRfc3339((*overview)->generated_at) : "?";
  }
  // The overview's text up to its first " | ".
  std::string OfMonth(const std::string& month) {
    const std::string text = rollcall_.Overview(month);
    return text.substr(0, text.find(" | "));
  }

  Harness rollcall_;
};

TEST_F(ReportCalendar, ARestartGoesOnInTheSameChunk) {
  ReportAt("2026-03-07 12:00:00", "c1", kOperator);
  ReportAt("2026-03-07 12:15:00", "c1", "cozy_application_count{kind=\"Tenant\"} 2\n");
  const size_t before = ChunkBytes("2026-03-07");
  rollcall_.Restart();
  ReportAt("2026-03-07 12:30:00", "c1", kOperator);
  EXPECT_EQ(ChunkBytes("2026-03-07"), before + 3);
  rollcall_.Restart();
  ReportAt("2026-03-07 12:45:00", "c1",
           "cozy_cluster_info{v=\"1\"} 1\ncozy_nodes_count{k=\"6.6\"} 4\n");
  // A difference of one series: header, time (1800 s, two bytes), groups, metric, items, edit,
  // value.
  EXPECT_EQ(ChunkBytes("2026-03-07"), before + 3 + 8);
  EXPECT_EQ(rollcall_.Verify(), "");
  EXPECT_EQ(rollcall_.Stored("c1"),
            "2026-03-07 12:00:00 cozy_cluster_info{v=\"1\"} 1, cozy_nodes_count{k=\"6.6\"} 3\n"
            "2026-03-07 12:15:00 cozy_application_count{kind=\"Tenant\"} 2\n"
            "2026-03-07 12:30:00 cozy_cluster_info{v=\"1\"} 1, cozy_nodes_count{k=\"6.6\"} 3\n"
            "2026-03-07 12:45:00 cozy_cluster_info{v=\"1\"} 1, cozy_nodes_count{k=\"6.6\"} 4\n");
}

TEST_F(ReportCalendar, TheFirstReportOfADayIsFullEvenWhereItRepeatsYesterdays) {
  ReportAt("2026-03-07 23:59:59", "c1", kOperator);
  ReportAt("2026-03-08 00:00:00", "c1", kOperator);
  ReportAt("2026-03-08 00:15:00", "c1", kOperator);
  EXPECT_EQ(Outcome("full"), 2U);
  EXPECT_EQ(Outcome("same"), 1U);
  EXPECT_GT(ChunkBytes("2026-03-07"), 0U);
  EXPECT_GT(ChunkBytes("2026-03-08"), 0U);
  EXPECT_EQ(Peaks(2026, 3).active_days, 1U << 6 | 1U << 7);
  EXPECT_EQ(rollcall_.Verify(), "");
}

TEST_F(ReportCalendar, TheFirstReportOfAMonthMakesARowOfItsOwn) {
  ReportAt("2026-02-28 23:59:59", "c1", kOperator);
  EXPECT_EQ(OfMonth("2026-02"),
            "2026-02: month clusters=1 total_nodes=3/3 (3.0) total_tenants=0 (0.0)");
  ReportAt("2026-03-01 00:00:00", "c1",
           "cozy_cluster_info{v=\"1\"} 1\ncozy_nodes_count{k=\"6.6\"} 2\n");
  EXPECT_EQ(Peaks(2026, 2).active_days, 1U << 27);
  EXPECT_EQ(Peaks(2026, 3).active_days, 1U);
  EXPECT_EQ(rollcall_.Overview("2026-03"),
            "2026-03: month clusters=1 total_nodes=2/2 (2.0) total_tenants=0 (0.0) | quarter "
            "clusters=1 total_nodes=3/3 (3.0) total_tenants=0 (0.0) | year clusters=1 "
            "total_nodes=3/3 (3.0) total_tenants=0 (0.0) | apps");
  EXPECT_EQ(OfMonth("2026-02"),
            "2026-02: month clusters=1 total_nodes=3/3 (3.0) total_tenants=0 (0.0)");
  EXPECT_EQ(rollcall_.Verify(), "");
}

TEST_F(ReportCalendar, AClockSetBackWithinADayIsStoredAsItWas) {
  ReportAt("2026-03-07 12:00:00", "c1", kOperator);
  ReportAt("2026-03-07 11:00:00", "c1", kOperator);
  rollcall_.Restart();
  ReportAt("2026-03-07 00:00:00", "c1", "a 1\n");
  ReportAt("2026-03-07 23:59:59", "c1", "a 1\n");
  EXPECT_EQ(rollcall_.Verify(), "");
  EXPECT_EQ(rollcall_.Stored("c1"),
            "2026-03-07 12:00:00 cozy_cluster_info{v=\"1\"} 1, cozy_nodes_count{k=\"6.6\"} 3\n"
            "2026-03-07 11:00:00 cozy_cluster_info{v=\"1\"} 1, cozy_nodes_count{k=\"6.6\"} 3\n"
            "2026-03-07 00:00:00 a 1\n"
            "2026-03-07 23:59:59 a 1\n");
}

TEST_F(ReportCalendar, AClockSetBackOverADayGoesOnInThatDaysChunk) {
  ReportAt("2026-03-07 12:00:00", "c1", kOperator);
  ReportAt("2026-03-08 12:00:00", "c1",
           "cozy_cluster_info{v=\"2\"} 1\ncozy_nodes_count{k=\"7\"} 5\n");
  ReportAt("2026-03-07 12:15:00", "c1",
           "cozy_cluster_info{v=\"1\"} 1\ncozy_nodes_count{k=\"6\"} 9\n");
  ReportAt("2026-03-07 12:30:00", "c1", kOperator);
  ReportAt("2026-03-08 12:15:00", "c1", kOperator);
  EXPECT_EQ(OfMonth("2026-03"),
            "2026-03: month clusters=1 total_nodes=17/9 (17.0) total_tenants=0 (0.0)");
  EXPECT_EQ(rollcall_.Verify(), "");
  EXPECT_EQ(rollcall_.Stored("c1"),
            "2026-03-07 12:00:00 cozy_cluster_info{v=\"1\"} 1, cozy_nodes_count{k=\"6.6\"} 3\n"
            "2026-03-07 12:15:00 cozy_cluster_info{v=\"1\"} 1, cozy_nodes_count{k=\"6\"} 9\n"
            "2026-03-07 12:30:00 cozy_cluster_info{v=\"1\"} 1, cozy_nodes_count{k=\"6.6\"} 3\n"
            "2026-03-08 12:00:00 cozy_cluster_info{v=\"2\"} 1, cozy_nodes_count{k=\"7\"} 5\n"
            "2026-03-08 12:15:00 cozy_cluster_info{v=\"1\"} 1, cozy_nodes_count{k=\"6.6\"} 3\n");
}

TEST_F(ReportCalendar, AClockThatStaysSetBackDoesNotMakeVerifyDiffer) {
  ReportAt("2026-03-08 12:00:00", "c1", "cozy_nodes_count{k=\"7\"} 5\n");
  ReportAt("2026-03-07 12:00:00", "c1", "cozy_nodes_count{k=\"6\"} 5\n");
  EXPECT_EQ(rollcall_.Verify(), "");
}

TEST_F(ReportCalendar, AClockSetBackOverAMonthsEndRecomputesWhatItTouches) {
  ReportAt("2026-02-10 12:00:00", "c1", kOperator);
  ReportAt("2026-03-01 00:00:10", "c1", kOperator);
  EXPECT_EQ(OfMonth("2026-02"),
            "2026-02: month clusters=1 total_nodes=3/3 (3.0) total_tenants=0 (0.0)");
  EXPECT_EQ(GeneratedAt("2026-02"), "2026-03-01T00:00:10Z");
  EXPECT_EQ(rollcall_.Overview("2026-03").substr(0, 8), "2026-03:");

  // A minute back, and a bigger cluster and a new one report into February.
  ReportAt("2026-02-28 23:59:10", "c1",
           "cozy_cluster_info{v=\"1\"} 1\ncozy_nodes_count{k=\"6.6\"} 7\n");
  ReportAt("2026-02-28 23:59:20", "c2", kOperator);
  rollcall_.SetTime("2026-03-01 00:05:00");
  EXPECT_EQ(rollcall_.Overview("2026-02"),
            "2026-02: month clusters=2 total_nodes=10/10 (5.0) total_tenants=0 (0.0) | quarter "
            "clusters=2 total_nodes=10/10 (5.0) total_tenants=0 (0.0) | year clusters=2 "
            "total_nodes=10/10 (5.0) total_tenants=0 (0.0) | apps");
  EXPECT_EQ(GeneratedAt("2026-02"), "2026-03-01T00:05:00Z");
  EXPECT_EQ(rollcall_.Overview("2026-03"),
            "2026-03: month clusters=1 total_nodes=3/3 (3.0) total_tenants=0 (0.0) | quarter "
            "clusters=2 total_nodes=10/10 (5.0) total_tenants=0 (0.0) | year clusters=2 "
            "total_nodes=10/10 (5.0) total_tenants=0 (0.0) | apps");
  EXPECT_EQ(rollcall_.Verify(), "");

  // And on in March, where the row and what was before it must be read anew.
  ReportAt("2026-03-01 00:10:00", "c1",
           "cozy_cluster_info{v=\"1\"} 1\ncozy_nodes_count{k=\"6.6\"} 8\n");
  EXPECT_EQ(rollcall_.Overview("2026-03"),
            "2026-03: month clusters=1 total_nodes=8/8 (8.0) total_tenants=0 (0.0) | quarter "
            "clusters=2 total_nodes=11/11 (5.5) total_tenants=0 (0.0) | year clusters=2 "
            "total_nodes=11/11 (5.5) total_tenants=0 (0.0) | apps");
  EXPECT_EQ(rollcall_.Verify(), "");
}

TEST_F(ReportCalendar, ALongSilenceLosesNothingOfTheYear) {
  ReportAt("2025-04-30 12:00:00", "c1", kOperator);
  ReportAt("2026-03-31 12:00:00", "c2", kOperator);
  EXPECT_EQ(rollcall_.Overview("2026-03"),
            "2026-03: month clusters=1 total_nodes=3/3 (3.0) total_tenants=0 (0.0) | quarter "
            "clusters=1 total_nodes=3/3 (3.0) total_tenants=0 (0.0) | year clusters=2 "
            "total_nodes=6/6 (3.0) total_tenants=0 (0.0) | apps");
  ReportAt("2026-04-01 00:00:00", "c2", kOperator);
  EXPECT_EQ(rollcall_.Overview("2026-04"),
            "2026-04: month clusters=1 total_nodes=3/3 (3.0) total_tenants=0 (0.0) | quarter "
            "clusters=1 total_nodes=3/3 (3.0) total_tenants=0 (0.0) | year clusters=1 "
            "total_nodes=3/3 (3.0) total_tenants=0 (0.0) | apps");
  EXPECT_EQ(rollcall_.Verify(), "");
}

TEST_F(ReportCalendar, ReportsBeforeAndAfterMidnightInOneQueueAreOnTheirDays) {
  rollcall_.SetTime("2026-02-28 23:59:59");
  const UnixSeconds midnight = At("2026-03-01");
  std::vector<std::future<Status>> futures;
  {
    const storage::Transaction hold(rollcall_.stores().store());
    for (const int second : {-1, 0, 1, -2}) {
      auto told = std::make_shared<std::promise<Status>>();
      futures.push_back(told->get_future());
      rollcall_.ingester().Ingest(CozystackIntake(), SourceId::Parse("c1").value(), "a 1\n",
                                  midnight + std::chrono::seconds(second),
                                  [told](const Status& s) { told->set_value(s); });
    }
  }
  for (auto& one : futures) EXPECT_TRUE(one.get().ok());
  EXPECT_EQ(rollcall_.Verify(), "");
  EXPECT_EQ(rollcall_.Stored("c1"),
            "2026-02-28 23:59:59 a 1\n2026-02-28 23:59:58 a 1\n"
            "2026-03-01 00:00:00 a 1\n2026-03-01 00:00:01 a 1\n");
}

}  // namespace
}  // namespace rollcall::test
