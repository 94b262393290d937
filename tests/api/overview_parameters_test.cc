// GET /api/overview over real sockets: its parameters, its refusals and the month it falls back to.
// The contract's table "Overview", row by row.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>
#include <thread>
#include <vector>

#include "tests/support/server_harness.h"

namespace rollcall::test {
namespace {

using ::testing::Each;
using ::testing::HasSubstr;
using ::testing::StartsWith;

const std::string kMissing = "400 {\"error\":\"year and month query parameters are required\"}\n";
const std::string kBadYear = "400 {\"error\":\"invalid year parameter\"}\n";
const std::string kBadMonth = "400 {\"error\":\"invalid month parameter\"}\n";
const std::string kNoData = "503 {\"error\":\"no telemetry data available\"}\n";

class OverviewParametersTest : public ServerTest {
 protected:
  void Post(const std::string& id, const std::string& body) { ASSERT_EQ(Report(id, body), "200"); }
  // The month that is answered: "March 2026", else the refusal.
  std::string MonthOf(const std::string& query) {
    const Reply reply = public_->Get("/api/overview?" + query);
    EXPECT_EQ(reply.Header("access-control-allow-origin"), "*") << query;
    EXPECT_EQ(reply.Header("content-type"), "application/json") << query;
    const std::string head = "\"month\":{\"label\":\"";
    const size_t at = reply.body.find(head);
    if (reply.status != 200 || at == std::string::npos) return Render(reply);
    return reply.body.substr(at + head.size(),
                             reply.body.find('"', at + head.size()) - at - head.size());
  }
};

TEST_F(OverviewParametersTest, BothParametersMustBeThere) {
  Post("a", "cozy_cluster_info 1\n");
  for (const char* query : {"", "year=2026", "month=3", "year=&month=3",
                            "year=2026&month=", "year=&month=", "year&month", "year=2026&Month=3",
                            "YEAR=2026&month=3", "year=x&month=", "year=&month=99", "&&&", "="}) {
    EXPECT_EQ(MonthOf(query), kMissing) << query;
  }
  EXPECT_EQ(Render(public_->Get("/api/overview")), kMissing);
}

TEST_F(OverviewParametersTest, TheYearIsAnIntegerFrom2024To2100) {
  Post("a", "cozy_cluster_info 1\n");
  for (const char* year : {"2023",
                           "2101",
                           "0",
                           "-2026",
                           "%2B-2026",
                           "-%2B2026",
                           "%2B",
                           "-",
                           "x",
                           "2026x",
                           "2026.0",
                           "2e3",
                           "0x7ea",
                           "%202026",
                           "2026%20",
                           "+2026",
                           "99999999999999999999",
                           "-99999999999999999999",
                           "2026%00",
                           "%ff",
                           "2,026"}) {
    EXPECT_EQ(MonthOf("year=" + std::string(year) + "&month=3"), kBadYear) << year;
  }
  for (const char* year :
       {"2026", "02026", "%2B2026", "%2B002026", "2100", "000000000000000002026", "%32026"}) {
    EXPECT_EQ(MonthOf("year=" + std::string(year) + "&month=12"), "March 2026") << year;
  }
  EXPECT_EQ(MonthOf("year=2024&month=1"), kNoData) << "2024 is a year";
}

TEST_F(OverviewParametersTest, TheMonthIsAnIntegerFrom1To12) {
  Post("a", "cozy_cluster_info 1\n");
  for (const char* month : {"0", "13", "-1", "-3", "x", "3x", "March", "3.0", "%203", "+3", "00",
                            "4294967299", "99999999999999999999"}) {
    EXPECT_EQ(MonthOf("year=2026&month=" + std::string(month)), kBadMonth) << month;
  }
  for (const char* month : {"3", "03", "%2B3", "0003", "12"}) {
    EXPECT_EQ(MonthOf("year=2026&month=" + std::string(month)), "March 2026") << month;
  }
}

TEST_F(OverviewParametersTest, WhatIsMissingIsSaidBeforeWhatIsWrongAndTheYearBeforeTheMonth) {
  EXPECT_EQ(MonthOf("year=x"), kMissing);
  EXPECT_EQ(MonthOf("year=x&month=x"), kBadYear);
  EXPECT_EQ(MonthOf("year=2026&month=x"), kBadMonth);
  EXPECT_EQ(MonthOf("year=2026&month=3"), kNoData);
}

TEST_F(OverviewParametersTest, TheFirstOfARepeatedParameterCounts) {
  SetTime("2026-02-10");
  Post("a", "cozy_cluster_info 1\n");
  SetTime("2026-03-10");
  Post("a", "cozy_cluster_info 1\n");
  EXPECT_EQ(MonthOf("year=2026&month=2&month=3&year=1"), "February 2026");
  EXPECT_EQ(MonthOf("month=3&month=2&year=2026&year=2024"), "March 2026");
  EXPECT_EQ(MonthOf("year=2026&month=x&month=3"), kBadMonth);
  EXPECT_EQ(MonthOf("year=2026&month=&month=3"), kMissing);
}

TEST_F(OverviewParametersTest, OtherParametersAndTheOrderDoNotMatter) {
  Post("a", "cozy_cluster_info 1\n");
  EXPECT_EQ(MonthOf("month=03&_=17&year=2026&other=x"), "March 2026");
  EXPECT_EQ(MonthOf("year=2026&month=3&x=%zz&y=%&z=??"), "March 2026");
}

TEST_F(OverviewParametersTest, AMonthWithoutDataFallsBackToTheLatestEarlierOne) {
  SetTime("2025-11-30 23:59:59");
  Post("a", "cozy_cluster_info 1\n");
  SetTime("2026-02-01 00:00:00");
  Post("a", "cozy_cluster_info 1\n");
  SetTime("2026-05-05");
  EXPECT_EQ(MonthOf("year=2026&month=2"), "February 2026");
  EXPECT_EQ(MonthOf("year=2026&month=1"), "November 2025");
  EXPECT_EQ(MonthOf("year=2025&month=12"), "November 2025");
  EXPECT_EQ(MonthOf("year=2025&month=10"), kNoData);
  EXPECT_EQ(MonthOf("year=2026&month=5"), "February 2026") << "the running month";
  EXPECT_EQ(MonthOf("year=2026&month=6"), "February 2026") << "a future one";
  EXPECT_EQ(MonthOf("year=2100&month=12"), "February 2026");
}

TEST_F(OverviewParametersTest, AMonthHasDataWhenClustersNodesOrTenantsAreNotAll0) {
  SetTime("2026-01-10");
  Post("a", "cozy_nodes_count 1\n");
  SetTime("2026-02-10");
  Post("a",
       "cozy_application_count{kind=\"Postgres\"} 5\ncozy_nodes_count 0\n"
       "cozy_application_count{kind=\"Tenant\"} 0\n");
  EXPECT_EQ(MonthOf("year=2026&month=2"), "January 2026");
  Post("a", "cozy_application_count{kind=\"Tenant\"} 1\n");
  EXPECT_EQ(MonthOf("year=2026&month=2"), "February 2026");
  SetTime("2026-03-10");
  Post("b", "cozy_cluster_info 0\n");
  EXPECT_EQ(MonthOf("year=2026&month=3"), "March 2026");
}

TEST_F(OverviewParametersTest, WithoutAnyDataItIs503) {
  EXPECT_EQ(MonthOf("year=2026&month=3"), kNoData);
  Post("a", "something_else 1\n");
  EXPECT_EQ(MonthOf("year=2026&month=3"), kNoData);
}

TEST_F(OverviewParametersTest, OtherMethodsThanGetAre405WithCors) {
  Post("a", "cozy_cluster_info 1\n");
  for (const char* method : {"HEAD", "POST", "PUT", "DELETE"}) {
    const Reply reply =
        public_->Ask(method, "/api/overview?year=2026&month=3", "X-Cluster-ID: a\r\n");
    EXPECT_EQ(reply.status, 405) << method;
    EXPECT_EQ(reply.Header("access-control-allow-origin"), "*") << method;
    EXPECT_EQ(reply.Header("allow"), "GET") << method;
  }
}

TEST_F(OverviewParametersTest, CorsIsOnAnswersToMalformedQueriesToo) {
  Post("a", "cozy_cluster_info 1\n");
  for (const char* query : {"year=%zz&month=3", "year=%&month=%", "%00", "year=2026&month=3#x",
                            "??", "year=2026&month=3?"}) {
    const Reply reply = public_->Get("/api/overview?" + std::string(query));
    EXPECT_NE(reply.status, 0) << query;
    EXPECT_EQ(reply.Header("access-control-allow-origin"), "*") << query << " " << Render(reply);
  }
  const std::string long_query(7000, 'x');
  EXPECT_EQ(MonthOf("year=2026&month=3&x=" + long_query), "March 2026");
}

TEST_F(OverviewParametersTest, ManyCallersAtOnceOfAMonthThatIsNotComputedCostOneComputation) {
  // The running month is scanned by a job of the start, which begins again where reports of an
  // earlier month come while it is at it.
  EXPECT_EQ(AwaitMetric("rollcall_job_runs_total{job=\"current-windows\",result=\"ok\"}", 1), 1);
  const double before = private_->Metric("rollcall_window_scans_total");
  SetTime("2026-01-10");
  for (int i = 0; i < 50; ++i) Post("c" + std::to_string(i), "cozy_cluster_info 1\n");
  SetTime("2026-03-10");
  std::vector<std::string> answers(16);
  std::vector<std::thread> callers;
  for (std::string& answer : answers) {
    callers.emplace_back([&answer, port = server_->public_port()] {
      answer = Render(HttpClient(port).Get("/api/overview?year=2026&month=1"));
    });
  }
  for (std::thread& caller : callers) caller.join();
  EXPECT_THAT(answers, Each(answers[0]));
  EXPECT_THAT(answers[0], StartsWith("200 "));
  EXPECT_THAT(answers[0], HasSubstr("\"clusters\":50,"));
  EXPECT_EQ(private_->Metric("rollcall_window_scans_total"), before + 1);
}

}  // namespace
}  // namespace rollcall::test
