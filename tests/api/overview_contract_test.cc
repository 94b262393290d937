// GET /api/overview over real sockets: what it says of reports that were posted. The expected texts
// are worked out by hand from the contract.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>
#include <utility>
#include <vector>

#include "tests/support/server_harness.h"

namespace rollcall::test {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;

class OverviewContractTest : public ServerTest {
 protected:
  void Post(const std::string& id, const std::string& body) { ASSERT_EQ(Report(id, body), "200"); }

  // One period's object.
  std::string Period(const std::string& query, const std::string& name) {
    const std::string body = public_->Get("/api/overview?" + query).body;
    const size_t begin = body.find("\"" + name + "\":{");
    if (begin == std::string::npos) return body;
    return body.substr(begin, body.find("}}", begin) - begin);
  }
  // The name of an app and its number, as they stand in the month's map; "" where it does not.
  std::string App(const std::string& name, const std::string& query = "year=2026&month=3") {
    const std::string month = Period(query, "month");
    const size_t begin = month.find("\"" + name + "\":");
    if (begin == std::string::npos) return "";
    return month.substr(begin, month.find_first_of(",}", begin) - begin);
  }
};

// The contract's built-in list, with two numbers put in and what was reported beside it.
std::string Apps(const std::string& reported, int kubernetes, int postgres) {
  return "\"apps\":{" + reported +
         "\"bucket\":0,\"clickhouse\":0,\"foundationdb\":0,\"harbor\":0,\"http-cache\":0,"
         "\"kafka\":0,\"kubernetes\":" +
         std::to_string(kubernetes) +
         ",\"kubernetes-nodes\":0,\"mariadb\":0,\"mongodb\":0,\"nats\":0,\"openbao\":0,"
         "\"opensearch\":0,\"postgres\":" +
         std::to_string(postgres) +
         ",\"qdrant\":0,\"rabbitmq\":0,\"redis\":0,\"tcp-balancer\":0,\"tenant\":0,\"vm-disk\":0,"
         "\"vm-instance\":0,\"vpc\":0,\"vpn\":0}";
}

TEST_F(OverviewContractTest, TheContractsExampleComesOutOfTheReportsThatMakeIt) {
  SetTime("2026-03-15 12:00:00");
  // 42 clusters of 5 nodes and 2 tenants; 30 of them have a kubernetes, 24 have 5 postgres.
  for (int i = 0; i < 42; ++i) {
    const std::string id = "cluster-" + std::to_string(i);
    Post(id,
         "cozy_nodes_count{kernel=\"6.6\",os=\"linux\"} 3\n"
         "cozy_nodes_count{kernel=\"6.1\",os=\"linux\"} 2\n"
         "cozy_cluster_info{cozystack_version=\"v1.0.0\"} 1\n");
    Post(id, "cozy_application_count{kind=\"Tenant\"} 2\n" +
                 std::string(i < 30 ? "cozy_application_count{kind=\"kubernetes\"} 1\n" : "") +
                 std::string(i < 24 ? "cozy_application_count{kind=\"postgres\"} 5\n" : ""));
  }
  SetTime("2026-04-01 07:01:00");
  const std::string numbers =
      "\"clusters\":42,\"total_nodes\":210,\"avg_nodes_per_cluster\":5.0,\"total_tenants\":84,"
      "\"avg_tenants_per_cluster\":2.0," +
      Apps("\"Tenant\":84,", 30, 120);
  const Reply reply = public_->Get("/api/overview?year=2026&month=03");
  EXPECT_EQ(reply.body,
            "{\"generated_at\":\"2026-04-01T07:01:00Z\",\"periods\":{"
            "\"month\":{\"label\":\"March 2026\",\"start\":\"2026-03-01\",\"end\":\"2026-03-31\"," +
                numbers +
                "},\"quarter\":{\"label\":\"January 2026 \xe2\x80\x94 March 2026\","
                "\"start\":\"2026-01-01\",\"end\":\"2026-03-31\"," +
                numbers +
                "},\"year\":{\"label\":\"April 2025 \xe2\x80\x94 March 2026\","
                "\"start\":\"2025-04-01\",\"end\":\"2026-03-31\"," +
                numbers + "}}}\n");
  EXPECT_EQ(reply.status, 200);
  EXPECT_EQ(reply.Header("content-type"), "application/json");
  EXPECT_EQ(reply.Header("access-control-allow-origin"), "*");
}

TEST_F(OverviewContractTest, TheRunningMonthEndsOnItsLastDayAndTheLongerPeriodsToday) {
  SetTime("2026-02-10 23:59:59");
  Post("a", "cozy_cluster_info 1\n");
  const std::string query = "year=2026&month=2";
  EXPECT_THAT(Period(query, "month"), HasSubstr("\"start\":\"2026-02-01\",\"end\":\"2026-02-28\""));
  EXPECT_THAT(Period(query, "quarter"),
              HasSubstr("\"start\":\"2025-12-01\",\"end\":\"2026-02-10\""));
  EXPECT_THAT(Period(query, "year"), HasSubstr("\"start\":\"2025-03-01\",\"end\":\"2026-02-10\""));
  SetTime("2026-02-11 00:00:00");
  EXPECT_THAT(Period(query, "year"), HasSubstr("\"end\":\"2026-02-11\""));
}

TEST_F(OverviewContractTest, AFebruaryOfALeapYearHas29Days) {
  SetTime("2028-02-29 23:59:59");
  Post("a", "cozy_cluster_info 1\n");
  SetTime("2028-03-01 00:00:00");
  const std::string query = "year=2028&month=2";
  EXPECT_THAT(Period(query, "month"), HasSubstr("\"end\":\"2028-02-29\",\"clusters\":1,"));
  EXPECT_THAT(Period(query, "quarter"), HasSubstr("\"end\":\"2028-02-29\""));
}

TEST_F(OverviewContractTest, GeneratedAtMovesWithTheRunningMonthAndStaysWithAClosedOne) {
  const auto generated = [&] {
    return public_->Get("/api/overview?year=2026&month=3").body.substr(0, 40);
  };
  SetTime("2026-03-31 23:59:58");
  Post("a", "cozy_cluster_info 1\n");
  EXPECT_THAT(generated(), HasSubstr("\"2026-03-31T23:59:58Z\""));
  SetTime("2026-03-31 23:59:59");
  EXPECT_THAT(generated(), HasSubstr("\"2026-03-31T23:59:59Z\""));
  SetTime("2026-04-01 00:00:00");
  EXPECT_THAT(generated(), HasSubstr("\"2026-04-01T00:00:00Z\""));
  SetTime("2026-05-05 05:05:05");
  EXPECT_THAT(generated(), HasSubstr("\"2026-04-01T00:00:00Z\""));
  Restart();
  EXPECT_THAT(generated(), HasSubstr("\"2026-04-01T00:00:00Z\""));
}

TEST_F(OverviewContractTest, MaximaAreSummedOverSeriesAndSoAnUpgradeCountsTwice) {
  SetTime("2026-03-01 00:00:00");
  Post("a", "cozy_cluster_info 1\ncozy_nodes_count{kernel=\"1\"} 3\n");
  SetTime("2026-03-02 00:00:00");
  Post("a", "cozy_cluster_info 1\ncozy_nodes_count{kernel=\"2\"} 4\n");
  Post("a", "cozy_cluster_info 1\ncozy_nodes_count{kernel=\"2\"} 2\n");
  EXPECT_THAT(Period("year=2026&month=3", "month"), HasSubstr("\"total_nodes\":7,"));
}

TEST_F(OverviewContractTest, AveragesRoundHalfAwayFromZeroToOneDecimal) {
  Post("a", "cozy_cluster_info 1\ncozy_nodes_count 1\n");
  for (int i = 0; i < 3; ++i) Post("b" + std::to_string(i), "cozy_cluster_info 1\n");
  // 1/4 is 0.25.
  EXPECT_THAT(Period("year=2026&month=3", "month"),
              HasSubstr("\"total_nodes\":1,\"avg_nodes_per_cluster\":0.3,\"total_tenants\":0,"
                        "\"avg_tenants_per_cluster\":0.0"));
}

TEST_F(OverviewContractTest, TotalsAreSummedThenCutToIntegers) {
  Post("a", "cozy_cluster_info 1\ncozy_nodes_count 1.75\n");
  Post("b", "cozy_cluster_info 1\ncozy_nodes_count 1.75\n");
  Post("c", "cozy_nodes_count 0.25\n");
  EXPECT_THAT(Period("year=2026&month=3", "month"), HasSubstr("\"clusters\":2,\"total_nodes\":3,"));
}

TEST_F(OverviewContractTest, TotalsBeyond64BitsStayAtTheirEnd) {
  Post("a", "cozy_cluster_info 1\ncozy_nodes_count 1e300\n");
  Post("b", "cozy_cluster_info 1\ncozy_application_count{kind=\"Tenant\"} -1e300\n");
  const std::string month = Period("year=2026&month=3", "month");
  EXPECT_THAT(month, HasSubstr("\"total_nodes\":9223372036854775807,"));
  EXPECT_THAT(month, HasSubstr("\"total_tenants\":-9223372036854775808,"));
}

TEST_F(OverviewContractTest, InfiniteValuesEnterNoTotalAndAClusterCountsWhateverItsValue) {
  Post("a", "cozy_cluster_info 0\ncozy_nodes_count +Inf\ncozy_nodes_count{k=\"v\"} 2\n");
  Post("b", "cozy_cluster_info -7\ncozy_nodes_count -Inf\n");
  EXPECT_THAT(Period("year=2026&month=3", "month"), HasSubstr("\"clusters\":2,\"total_nodes\":2,"));
}

TEST_F(OverviewContractTest, NamesOfAppsAreComparedExactlyAndASeriesWithoutKindIsInNone) {
  Post("a",
       "cozy_cluster_info 1\ncozy_application_count{kind=\"Postgres\"} "
       "4\ncozy_application_count{kind=\"postgres\"} 2\n"
       "cozy_application_count{kind=\"Neu \\\"x\\\" \xc3\xa4\\n\"} 1\n"
       "cozy_application_count 9\ncozy_application_count{kind=\"\"} 9\n"
       "cozy_application_count{kind=\"Zero\"} 0\n");
  EXPECT_EQ(App("Postgres"), "\"Postgres\":4");
  EXPECT_EQ(App("postgres"), "\"postgres\":2");
  EXPECT_EQ(App("vpn"), "\"vpn\":0");
  EXPECT_EQ(App("Zero"), "\"Zero\":0");
  EXPECT_EQ(App(""), "");
  EXPECT_THAT(Overview("year=2026&month=3"), HasSubstr("\"Neu \\\"x\\\" \xc3\xa4\\n\":1"));
}

TEST_F(OverviewContractTest, QuarterAndYearCarryTheMonthsApps) {
  SetTime("2026-02-15");
  Post("a", "cozy_cluster_info 1\ncozy_application_count{kind=\"Tenant\"} 9\n");
  SetTime("2026-03-15");
  Post("a", "cozy_cluster_info 1\ncozy_application_count{kind=\"Tenant\"} 2\n");
  for (const char* period : {"month", "quarter", "year"}) {
    EXPECT_THAT(Period("year=2026&month=3", period), HasSubstr("\"Tenant\":2,")) << period;
  }
  EXPECT_THAT(Period("year=2026&month=3", "month"), HasSubstr("\"total_tenants\":2,"));
  EXPECT_THAT(Period("year=2026&month=3", "quarter"), HasSubstr("\"total_tenants\":9,"));
  EXPECT_THAT(Period("year=2026&month=3", "year"), HasSubstr("\"total_tenants\":9,"));
}

TEST_F(OverviewContractTest, TheServerCrossesTheEndOfAMonth) {
  SetTime("2026-03-31 23:59:59");
  Post("a", "cozy_cluster_info 1\ncozy_nodes_count 3\n");
  SetTime("2026-04-01 00:00:00");
  Post("b", "cozy_cluster_info 1\ncozy_nodes_count 5\n");
  EXPECT_THAT(Period("year=2026&month=3", "month"), HasSubstr("\"clusters\":1,\"total_nodes\":3,"));
  EXPECT_THAT(Period("year=2026&month=4", "month"), HasSubstr("\"clusters\":1,\"total_nodes\":5,"));
  EXPECT_THAT(Period("year=2026&month=4", "quarter"),
              HasSubstr("\"clusters\":2,\"total_nodes\":8,"));
}

TEST_F(OverviewContractTest, AClosedMonthThatChangesIsComputedAgain) {
  SetTime("2026-03-31 12:00:00");
  Post("a", "cozy_cluster_info 1\n");
  SetTime("2026-04-01 12:00:00");
  EXPECT_THAT(Period("year=2026&month=3", "month"), HasSubstr("\"clusters\":1,"));
  SetTime("2026-03-31 13:00:00");  // the machine's clock was set back
  Post("b", "cozy_cluster_info 1\n");
  SetTime("2026-04-01 13:00:00");
  const std::string overview = Overview("year=2026&month=3");
  EXPECT_THAT(overview, HasSubstr("\"clusters\":2,"));
  EXPECT_THAT(overview, Not(HasSubstr("2026-04-01T12:00:00Z"))) << "it was computed anew";
}

TEST_F(OverviewContractTest, ALongAnswerIsGzipForThoseWhoTakeIt) {
  Post("a", "cozy_cluster_info 1\n");
  const Reply plain = public_->Get("/api/overview?year=2026&month=3");
  const Reply gzip = public_->Get("/api/overview?year=2026&month=3", "Accept-Encoding: gzip\r\n");
  EXPECT_EQ(plain.Header("content-encoding"), "");
  ASSERT_EQ(gzip.Header("content-encoding"), "gzip");
  EXPECT_EQ(gzip.Header("access-control-allow-origin"), "*");
  EXPECT_LT(gzip.body.size(), plain.body.size());
}

}  // namespace
}  // namespace rollcall::test
