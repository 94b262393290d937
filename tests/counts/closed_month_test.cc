// A closed month is computed once and then stays; a running one goes on; midnight lies between.
#include <gmock/gmock.h>

#include <atomic>
#include <thread>

#include "tests/support/rollcall_harness.h"

namespace rollcall::test {
namespace {

using ::testing::HasSubstr;

std::string MonthNodes(int nodes) {
  return "cozy_cluster_info 1\ncozy_nodes_count{k=\"6\"} " + std::to_string(nodes) + "\n";
}

class ClosedMonth : public ::testing::Test {
 protected:
  void ReportAt(const std::string& time, const std::string& id, const std::string& body) {
    rollcall_.SetTime(time);
    const Status status = rollcall_.Report(id, body);
    ASSERT_TRUE(status.ok()) << status.message();
  }
  std::string GeneratedAt(const std::string& month) {
    const auto overview = rollcall_.ReadOverview(month);
    if (!overview.ok() || !overview->has_value()) return "?";
    return FormatRfc3339((*overview)->generated_at);
  }
  uint64_t Scans() { return rollcall_.Metric("rollcall_window_scans_total"); }

  Harness rollcall_;
};

TEST_F(ClosedMonth, StaysAsItWasFirstGivenOverRestartsAndNewAppLists) {
  rollcall_.SetAppNames({"kafka"});
  ReportAt("2026-03-10", "c1", MonthNodes(3));
  rollcall_.SetTime("2026-04-01 07:01:00");
  const std::string first = rollcall_.Overview("2026-03");
  EXPECT_THAT(first, HasSubstr("apps kafka=0"));
  EXPECT_EQ(GeneratedAt("2026-03"), "2026-04-01T07:01:00Z");

  rollcall_.SetAppNames({"kafka", "openbao"});
  rollcall_.SetTime("2026-04-02");
  EXPECT_EQ(rollcall_.Overview("2026-03"), first);
  EXPECT_EQ(GeneratedAt("2026-03"), "2026-04-01T07:01:00Z");
  rollcall_.Restart();
  EXPECT_EQ(rollcall_.Overview("2026-03"), first);
  EXPECT_EQ(GeneratedAt("2026-03"), "2026-04-01T07:01:00Z");
  EXPECT_EQ(Scans(), 0U);
}

TEST_F(ClosedMonth, StaysWhileLaterMonthsGoOn) {
  ReportAt("2026-03-10", "c1", MonthNodes(3));
  rollcall_.SetTime("2026-04-01 07:01:00");
  const std::string first = rollcall_.Overview("2026-03");
  ReportAt("2026-04-02", "c1", MonthNodes(9));
  ReportAt("2026-05-02", "c2", MonthNodes(9));
  EXPECT_EQ(rollcall_.Overview("2026-03"), first);
  EXPECT_EQ(GeneratedAt("2026-03"), "2026-04-01T07:01:00Z");
}

TEST_F(ClosedMonth, ARunningMonthIsAsOfNowAndHasTheAppListOfNow) {
  ReportAt("2026-03-10 10:00:00", "c1", MonthNodes(3));
  EXPECT_EQ(GeneratedAt("2026-03"), "2026-03-10T10:00:00Z");
  rollcall_.SetTime("2026-03-10 11:00:00");
  EXPECT_EQ(GeneratedAt("2026-03"), "2026-03-10T11:00:00Z");
  rollcall_.SetAppNames({"vpn"});
  EXPECT_THAT(rollcall_.Overview("2026-03"), HasSubstr("apps vpn=0"));
}

TEST_F(ClosedMonth, TheMonthsLastSecondIsNotItsEnd) {
  ReportAt("2026-03-10", "c1", MonthNodes(3));
  rollcall_.SetTime("2026-03-31 23:59:59");
  EXPECT_FALSE((*rollcall_.ReadOverview("2026-03"))->is_final);
  rollcall_.SetTime("2026-04-01 00:00:00");
  EXPECT_TRUE((*rollcall_.ReadOverview("2026-03"))->is_final);
  rollcall_.SetTime("2026-04-01 00:00:01");
  EXPECT_EQ(GeneratedAt("2026-03"), "2026-04-01T00:00:00Z");
}

TEST_F(ClosedMonth, WhoeverAsksSeesAllThatWasAnsweredBefore) {
  constexpr int kReports = 300;
  rollcall_.SetTime("2026-03-10");
  std::atomic<int> answered = 0;
  std::vector<std::jthread> readers;
  for (int i = 0; i < 4; ++i) {
    readers.emplace_back([&] {
      for (int64_t least = 0; least < kReports;) {
        least = answered;
        auto overview = rollcall_.ReadOverview("2026-03");
        ASSERT_TRUE(overview.ok()) << overview.status().message();
        const int64_t sources = overview->has_value() ? (**overview)[Span::kMonth].sources : 0;
        ASSERT_GE(sources, least);
      }
    });
  }
  for (int i = 0; i < kReports; ++i) {
    EXPECT_TRUE(rollcall_.Report("c" + std::to_string(i), MonthNodes(1)).ok());
    ++answered;
  }
}

TEST_F(ClosedMonth, EachReportIsInTheNextOverviewWithoutAnotherScan) {
  ReportAt("2026-03-10", "c0", MonthNodes(1));
  rollcall_.Overview("2026-03");
  const uint64_t scans = Scans();
  for (int i = 1; i <= 20; ++i) {
    ReportAt("2026-03-10", "c" + std::to_string(i), MonthNodes(1));
    EXPECT_THAT(rollcall_.Overview("2026-03"),
                HasSubstr("month clusters=" + std::to_string(i + 1) + " "));
  }
  EXPECT_EQ(Scans(), scans);
}

TEST_F(ClosedMonth, ALateReportIsCountedAndMovesTheTimeOfComputing) {
  ReportAt("2026-03-10", "c1", MonthNodes(3));
  rollcall_.SetTime("2026-04-01 07:01:00");
  EXPECT_EQ(GeneratedAt("2026-03"), "2026-04-01T07:01:00Z");
  ReportAt("2026-03-31 23:59:59", "c2", MonthNodes(4));
  rollcall_.SetTime("2026-04-03 08:00:00");
  EXPECT_THAT(rollcall_.Overview("2026-03"), HasSubstr("month clusters=2 total_nodes=7/7 (3.5)"));
  EXPECT_EQ(GeneratedAt("2026-03"), "2026-04-03T08:00:00Z");
  rollcall_.SetTime("2026-04-04 08:00:00");
  EXPECT_EQ(GeneratedAt("2026-03"), "2026-04-03T08:00:00Z");
  EXPECT_EQ(rollcall_.Verify(), "");
}

TEST_F(ClosedMonth, ALateReportThatRaisesNothingMovesTheTimeTooAndNoNumber) {
  ReportAt("2026-03-10", "c1", MonthNodes(3));
  rollcall_.SetTime("2026-04-01 07:01:00");
  const std::string first = rollcall_.Overview("2026-03");
  ReportAt("2026-03-11", "c1", MonthNodes(2));
  rollcall_.SetTime("2026-04-03");
  EXPECT_EQ(rollcall_.Overview("2026-03"), first);
  EXPECT_EQ(rollcall_.Verify(), "");
}

TEST_F(ClosedMonth, ALateReportIsInTheLaterMonthsQuartersAndYears) {
  for (const char* const month :
       {"2026-03", "2026-04", "2026-05", "2026-06", "2027-02", "2027-03"}) {
    ReportAt(std::string(month) + "-10", "c1", MonthNodes(1));
  }
  rollcall_.SetTime("2027-04-01");
  for (const char* const month :
       {"2026-03", "2026-04", "2026-05", "2026-06", "2027-02", "2027-03"}) {
    rollcall_.Overview(month);
    EXPECT_EQ(GeneratedAt(month), "2027-04-01T00:00:00Z");
  }
  ReportAt("2026-03-20", "late", MonthNodes(10));
  rollcall_.SetTime("2027-04-02");
  EXPECT_EQ(rollcall_.Overview("2026-05"),
            "2026-05: month clusters=1 total_nodes=1/1 (1.0) total_tenants=0 (0.0) | quarter "
            "clusters=2 total_nodes=11/11 (5.5) total_tenants=0 (0.0) | year clusters=2 "
            "total_nodes=11/11 (5.5) total_tenants=0 (0.0) | apps");
  EXPECT_THAT(rollcall_.Overview("2026-06"), HasSubstr("quarter clusters=1 total_nodes=1/1"));
  EXPECT_THAT(rollcall_.Overview("2026-06"), HasSubstr("year clusters=2 total_nodes=11/11"));
  EXPECT_THAT(rollcall_.Overview("2027-02"), HasSubstr("year clusters=2 total_nodes=11/11"));
  // Its year begins in April: nothing of it changed.
  EXPECT_THAT(rollcall_.Overview("2027-03"), HasSubstr("year clusters=1 total_nodes=1/1"));
  EXPECT_EQ(GeneratedAt("2027-03"), "2027-04-01T00:00:00Z");
  EXPECT_EQ(rollcall_.Verify(), "");
}

TEST_F(ClosedMonth, ARunningServerCrossesTheMidnightOfAMonthsEnd) {
  ReportAt("2026-02-28 23:59:58", "c1", MonthNodes(3));
  EXPECT_THAT(rollcall_.Overview("2026-02"),
              HasSubstr("2026-02: month clusters=1 total_nodes=3/3"));
  EXPECT_EQ(GeneratedAt("2026-02"), "2026-02-28T23:59:58Z");
  ReportAt("2026-02-28 23:59:59", "c2", MonthNodes(2));
  EXPECT_EQ(GeneratedAt("2026-02"), "2026-02-28T23:59:59Z");

  // Nothing of March yet: February still, closed now.
  rollcall_.SetTime("2026-03-01 00:00:00");
  EXPECT_THAT(rollcall_.Overview("2026-03"),
              HasSubstr("2026-02: month clusters=2 total_nodes=5/5"));
  EXPECT_EQ(GeneratedAt("2026-02"), "2026-03-01T00:00:00Z");

  ReportAt("2026-03-01 00:00:00", "c1", MonthNodes(4));
  rollcall_.SetTime("2026-03-01 00:00:01");
  EXPECT_EQ(rollcall_.Overview("2026-03"),
            "2026-03: month clusters=1 total_nodes=4/4 (4.0) total_tenants=0 (0.0) | quarter "
            "clusters=2 total_nodes=6/6 (3.0) total_tenants=0 (0.0) | year clusters=2 "
            "total_nodes=6/6 (3.0) total_tenants=0 (0.0) | apps");
  EXPECT_EQ(GeneratedAt("2026-03"), "2026-03-01T00:00:01Z");
  EXPECT_EQ(GeneratedAt("2026-02"), "2026-03-01T00:00:00Z");
  EXPECT_EQ(rollcall_.Verify(), "");
}

TEST_F(ClosedMonth, ItsOwnReportOfTheLastSecondIsInItAndOneOfTheNextSecondIsNot) {
  ReportAt("2025-12-31 23:59:59", "c1", MonthNodes(3));
  ReportAt("2026-01-01 00:00:00", "c2", MonthNodes(4));
  EXPECT_THAT(rollcall_.Overview("2025-12"),
              HasSubstr("2025-12: month clusters=1 total_nodes=3/3"));
  EXPECT_THAT(rollcall_.Overview("2026-01"),
              HasSubstr("2026-01: month clusters=1 total_nodes=4/4"));
}

}  // namespace
}  // namespace rollcall::test
