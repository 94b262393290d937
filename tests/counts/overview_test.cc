// The contract's rules of an overview, one by one.
#include "counts/overview.h"

#include <gmock/gmock.h>

#include <cmath>

#include "tests/support/cozystack.h"
#include "tests/support/rollcall_harness.h"

namespace rollcall::test {
namespace {

using ::testing::HasSubstr;

std::string Nodes(const std::string& value, const std::string& kernel = "6") {
  return "cozy_cluster_info{v=\"1\"} 1\ncozy_nodes_count{k=\"" + kernel + "\"} " + value + "\n";
}

std::string Apps(const std::string& kind, const std::string& value) {
  return "cozy_application_count{kind=\"" + kind + "\"} " + value + "\n";
}

class OverviewRules : public ::testing::Test {
 protected:
  void ReportAt(const std::string& time, const std::string& id, const std::string& body) {
    rollcall_.SetTime(time);
    const Status status = rollcall_.Report(id, body);
    ASSERT_TRUE(status.ok()) << status.message();
  }
  // One part of an overview: "month", "quarter", "year" or "apps".
  std::string Part(const std::string& month, const std::string& part) {
    const std::string text = rollcall_.Overview(month) + " | ";
    const size_t at = text.find(" " + part);
    if (at == std::string::npos) return text;
    return text.substr(at + 1, text.find(" | ", at) - at - 1);
  }

  Harness rollcall_;
};

TEST_F(OverviewRules, NobodyEverReported) { EXPECT_EQ(rollcall_.Overview("2026-03"), "none"); }

TEST_F(OverviewRules, AMonthWithoutDataGivesTheLatestEarlierOneThatHas) {
  ReportAt("2025-11-10", "c1", Nodes("2"));
  ReportAt("2026-01-10", "c1", Nodes("3"));
  EXPECT_EQ(rollcall_.Overview("2025-10"), "none");
  EXPECT_THAT(rollcall_.Overview("2025-11"), HasSubstr("2025-11: month clusters=1 total_nodes=2"));
  EXPECT_THAT(rollcall_.Overview("2025-12"), HasSubstr("2025-11: month clusters=1 total_nodes=2"));
  EXPECT_THAT(rollcall_.Overview("2026-01"), HasSubstr("2026-01: month clusters=1 total_nodes=3"));
  EXPECT_THAT(rollcall_.Overview("2026-03"), HasSubstr("2026-01: month clusters=1 total_nodes=3"));
  EXPECT_THAT(rollcall_.Overview("2100-12"), HasSubstr("2026-01: month clusters=1 total_nodes=3"));
}

TEST_F(OverviewRules, AMonthOfOtherMetricsOrOfZerosHasNoData) {
  ReportAt("2025-12-10", "c1", Nodes("3"));
  ReportAt("2026-01-10", "c1", "cozy_pvs_count 7\n");
  ReportAt("2026-02-10", "c1", "cozy_nodes_count 0\n" + Apps("Tenant", "0") + Apps("Kafka", "5"));
  ReportAt("2026-03-10", "c1", "cozy_nodes_count 0.9\n");
  EXPECT_THAT(rollcall_.Overview("2026-03"), HasSubstr("2025-12: month clusters=1 total_nodes=3"));
}

TEST_F(OverviewRules, WhatWasGivenUnderADeclarationIsNotGivenUnderAnother) {
  ReportAt("2026-03-10", "c1", Nodes("3") + "cozy_pvs_count 7\n");
  const Month march = Month::Parse("2026-03").value();
  Fleet before = CozystackFleet();
  auto after = before;
  after.figures.push_back(after.figures.front());
  for (const Fleet* const fleet : {&before, &after, &before}) {
    auto overview = rollcall_.overviews().Read(*fleet, march);
    ASSERT_TRUE(overview.ok() && overview->has_value());
    EXPECT_EQ((**overview)[Span::kMonth].figures.size(), fleet->figures.size());
  }
}

TEST_F(OverviewRules, OneFigureThatIsNotZeroIsData) {
  ReportAt("2026-01-10", "c1", "cozy_cluster_info 1\n");
  ReportAt("2026-02-10", "c1", "cozy_nodes_count -1\n");
  ReportAt("2026-03-10", "c1", Apps("Tenant", "1"));
  EXPECT_EQ(rollcall_.Overview("2026-01"),
            "2026-01: month clusters=1 total_nodes=0/0 (0.0) total_tenants=0 (0.0) | quarter "
            "clusters=1 total_nodes=0/0 (0.0) total_tenants=0 (0.0) | year clusters=1 "
            "total_nodes=0/0 (0.0) total_tenants=0 (0.0) | apps");
  EXPECT_EQ(Part("2026-02", "month"),
            "month clusters=0 total_nodes=-1/-1 (0.0) total_tenants=0 (0.0)");
  EXPECT_EQ(Part("2026-03", "month"),
            "month clusters=0 total_nodes=0/0 (0.0) total_tenants=1 (0.0)");
}

TEST_F(OverviewRules, ClustersAreCountedOnceHoweverOftenAndWhateverTheyReported) {
  ReportAt("2026-03-10", "c1", "cozy_cluster_info{v=\"1\"} 1\n");
  ReportAt("2026-03-11", "c1", "cozy_cluster_info{v=\"2\"} 1\n");
  ReportAt("2026-03-11", "c2", "cozy_cluster_info{v=\"2\"} 0\n");
  ReportAt("2026-03-11", "c3", "cozy_cluster_info{v=\"2\"} -5\n");
  ReportAt("2026-03-11", "c4", "cozy_nodes_count 3\n");
  EXPECT_THAT(Part("2026-03", "month"), HasSubstr("clusters=3 "));
}

TEST_F(OverviewRules, AnInfiniteOrMissingClusterInfoIsNotCounted) {
  ReportAt("2026-03-10", "c1", "cozy_cluster_info +Inf\ncozy_nodes_count 3\n");
  ReportAt("2026-03-10", "c2", "cozy_cluster_info -Inf\ncozy_nodes_count +Inf\n");
  ReportAt("2026-03-10", "c3", "cozy_cluster_info NaN\ncozy_nodes_count 2\n");
  EXPECT_EQ(Part("2026-03", "month"),
            "month clusters=0 total_nodes=5/5 (0.0) total_tenants=0 (0.0)");
  ReportAt("2026-03-10", "c1", "cozy_cluster_info 1\n");
  EXPECT_THAT(Part("2026-03", "month"), HasSubstr("clusters=1 "));
  EXPECT_EQ(rollcall_.Verify(), "");
}

TEST_F(OverviewRules, TheMaximumOfEachSeriesIsSummed) {
  ReportAt("2026-03-10", "c1", Nodes("3", "6.1"));
  ReportAt("2026-03-11", "c1", Nodes("5", "6.1"));
  ReportAt("2026-03-12", "c1", Nodes("4", "6.1"));
  ReportAt("2026-03-13", "c1", Nodes("4", "6.6"));
  ReportAt("2026-03-13", "c2", Nodes("1", "6.6"));
  // The contract's sum counts the upgraded nodes twice; the honest figure beside it does not.
  EXPECT_EQ(Part("2026-03", "month"),
            "month clusters=2 total_nodes=10/6 (5.0) total_tenants=0 (0.0)");
}

TEST_F(OverviewRules, NegativeValuesAreSummedAndAveragedAsTheyAre) {
  ReportAt("2026-03-10", "c1", Nodes("-3"));
  ReportAt("2026-03-11", "c1", Nodes("-5"));
  ReportAt("2026-03-11", "c2", Nodes("2") + Apps("Tenant", "-3"));
  EXPECT_EQ(Part("2026-03", "month"),
            "month clusters=2 total_nodes=-1/-1 (-0.5) total_tenants=-3 (-1.5)");
  EXPECT_EQ(Part("2026-03", "apps"), "apps Tenant=-3");
}

TEST_F(OverviewRules, TotalsAreSummedFirstAndThenCut) {
  ReportAt("2026-03-10", "c1", Nodes("0.75"));
  ReportAt("2026-03-10", "c2", Nodes("0.75"));
  ReportAt("2026-03-10", "c3", Nodes("1.25"));
  EXPECT_THAT(Part("2026-03", "month"), HasSubstr("total_nodes=2/2 (0.7)"));
}

TEST_F(OverviewRules, TotalsBeyondThe64BitRangeStayAtItsEnd) {
  ReportAt("2026-03-10", "c1", Nodes("1e300") + Apps("Tenant", "-1e300"));
  ReportAt("2026-03-10", "c2", Nodes("9223372036854775807") + Apps("Tenant", "-1e300"));
  EXPECT_THAT(Part("2026-03", "month"),
              HasSubstr("clusters=2 total_nodes=9223372036854775807/9223372036854775807 "));
  EXPECT_THAT(Part("2026-03", "month"), HasSubstr("total_tenants=-9223372036854775808 "));
  EXPECT_EQ(rollcall_.Verify(), "");
}

TEST_F(OverviewRules, AppsAreSummedByKindAndNamesComparedExactly) {
  rollcall_.SetAppNames({"kafka", "postgres"});
  ReportAt("2026-03-10", "c1", Apps("Postgres", "3") + Apps("Kafka", "1") + Apps("kafka", "0"));
  ReportAt("2026-03-10", "c2",
           Apps("Postgres", "2") + Apps("Tenant", "4") +
               "cozy_application_count{kind=\"Postgres\",size=\"big\"} 10\n"
               "cozy_application_count{size=\"big\"} 100\ncozy_application_count 1000\n");
  EXPECT_EQ(Part("2026-03", "apps"), "apps Kafka=1 Postgres=15 Tenant=4 kafka=0 postgres=0");
  EXPECT_THAT(Part("2026-03", "month"), HasSubstr("total_tenants=4 (0.0)"));
}

TEST_F(OverviewRules, EveryNameOfTheAppListStandsThereAtZero) {
  ReportAt("2026-03-10", "c1", Nodes("1"));
  EXPECT_EQ(Part("2026-03", "apps"), "apps");
  rollcall_.SetAppNames({"vpn", "bucket"});
  EXPECT_EQ(Part("2026-03", "apps"), "apps bucket=0 vpn=0");
}

TEST_F(OverviewRules, AKindOfOtherMonthsIsNotAmongTheMonthsApps) {
  ReportAt("2026-01-10", "c1", Nodes("1") + Apps("Etcd", "3") + Apps("Tenant", "7"));
  ReportAt("2026-03-10", "c1", Nodes("1") + Apps("Kafka", "0"));
  EXPECT_EQ(Part("2026-03", "apps"), "apps Kafka=0");
  EXPECT_THAT(Part("2026-03", "month"), HasSubstr("total_tenants=0 (0.0)"));
  EXPECT_THAT(Part("2026-03", "quarter"), HasSubstr("total_tenants=7 (7.0)"));
}

TEST_F(OverviewRules, QuarterAndYearAreTheThreeAndTwelveMonthsThatEndWithTheMonth) {
  ReportAt("2025-03-31 23:59:59", "too-early", Nodes("1000"));
  ReportAt("2025-04-01", "c-year", Nodes("100"));
  ReportAt("2025-12-31 23:59:59", "c-year2", Nodes("50"));
  ReportAt("2026-01-01", "c-quarter", Nodes("10"));
  ReportAt("2026-03-31 23:59:59", "c-month", Nodes("1"));
  ReportAt("2026-04-01", "too-late", Nodes("5000"));
  EXPECT_EQ(rollcall_.Overview("2026-03"),
            "2026-03: month clusters=1 total_nodes=1/1 (1.0) total_tenants=0 (0.0) | quarter "
            "clusters=2 total_nodes=11/11 (5.5) total_tenants=0 (0.0) | year clusters=4 "
            "total_nodes=161/161 (40.3) total_tenants=0 (0.0) | apps");
}

TEST_F(OverviewRules, AnotherFleetsReportsAreNotInIt) {
  rollcall_.SetTime("2026-03-10");
  std::promise<Status> told;
  rollcall_.ingester().Ingest({FleetRef{2}, &Cozystack().format()}, SourceId::Parse("c1").value(),
                              Nodes("7"), std::nullopt,
                              [&](const Status& s) { told.set_value(s); });
  EXPECT_TRUE(told.get_future().get().ok());
  EXPECT_EQ(rollcall_.Overview("2026-03"), "none");
  ReportAt("2026-03-10", "c1", Nodes("3"));
  EXPECT_THAT(Part("2026-03", "month"), HasSubstr("clusters=1 total_nodes=3/3"));
  EXPECT_EQ(rollcall_.Verify(), "");
}

TEST_F(OverviewRules, LeapFebruaryHasItsDay) {
  ReportAt("2024-02-29 23:59:59", "c1", Nodes("3"));
  ReportAt("2024-03-01", "c1", Nodes("4"));
  const auto february = rollcall_.ReadOverview("2024-02");
  ASSERT_TRUE(february.ok() && february->has_value());
  EXPECT_EQ((*february)->last_day.ToString(), "2024-02-29");
  EXPECT_EQ((*february)->periods[0].figures[0].total, 3);
}

TEST_F(OverviewRules, TheLastDayCountedIsTodayInTheRunningMonth) {
  ReportAt("2026-03-10 12:00:00", "c1", Nodes("3"));
  const auto last_day = [&] { return (*rollcall_.ReadOverview("2026-03"))->last_day.ToString(); };
  EXPECT_EQ(last_day(), "2026-03-10");
  rollcall_.SetTime("2026-03-31 23:59:59");
  EXPECT_EQ(last_day(), "2026-03-31");
  EXPECT_FALSE((*rollcall_.ReadOverview("2026-03"))->is_final);
  rollcall_.SetTime("2026-04-01 00:00:00");
  EXPECT_EQ(last_day(), "2026-03-31");
  EXPECT_TRUE((*rollcall_.ReadOverview("2026-03"))->is_final);
}

TEST_F(OverviewRules, AMonthThatBeginsOnlyLaterByTheClockEndsOnItsFirstDay) {
  ReportAt("2026-03-10", "c1", Nodes("3"));
  rollcall_.SetTime("2026-02-20");
  const auto overview = rollcall_.ReadOverview("2026-03");
  ASSERT_TRUE(overview.ok() && overview->has_value());
  EXPECT_EQ((*overview)->last_day.ToString(), "2026-03-01");
  EXPECT_FALSE((*overview)->is_final);
}

}  // namespace
}  // namespace rollcall::test
