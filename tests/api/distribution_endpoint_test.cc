// The distribution of a figure over real sockets. The expected texts are worked out by hand.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <nlohmann/json.hpp>

#include "tests/support/server_harness.h"

namespace rollcall::test {
namespace {

using ::testing::HasSubstr;
using ::testing::StartsWith;
using Json = nlohmann::json;

class DistributionEndpointTest : public ServerTest {
 protected:
  void Post(const std::string& id, const std::string& body) { ASSERT_EQ(Report(id, body), "200"); }
  void Nodes(const std::string& id, const std::string& nodes) {
    Post(id, "cozy_cluster_info 1\ncozy_nodes_count " + nodes + "\n");
  }
  // February: a has 30 and then 3 nodes, b 1, c has not said how many. March, running: a has 4.
  void LiveThroughTwoMonths() {
    SetTime("2026-02-10 10:00:00");
    Nodes("a", "30");
    Nodes("a", "3");
    Nodes("b", "1");
    Post("c", "cozy_cluster_info 1\n");
    Post("a", "cozy_application_count{kind=\"Tenant\"} 2\n");
    SetTime("2026-03-10 10:00:00");
    Nodes("a", "4");
  }
  Json Get(const std::string& query) {
    const Reply reply = public_->Get("/api/v1/distribution" + query);
    EXPECT_EQ(reply.status, 200) << query << ": " << reply.body;
    EXPECT_EQ(reply.Header("access-control-allow-origin"), "*");
    const Json json = Json::parse(reply.body, nullptr, false);
    EXPECT_TRUE(json.is_object()) << reply.body;
    return json;
  }
};

TEST_F(DistributionEndpointTest, OfAClosedMonthByPeakAndByLatestReport) {
  LiveThroughTwoMonths();
  const Json json = Get("?month=2026-02");
  EXPECT_EQ(json["fleet"], "cozystack");
  EXPECT_EQ(json["figure"], "nodes") << "the first there is";
  EXPECT_EQ(json["period"], nullptr);
  EXPECT_EQ(json["month"], "2026-02");
  EXPECT_EQ(json["periods"], 1);
  EXPECT_EQ(json["start"], "2026-02-01");
  EXPECT_EQ(json["end"], "2026-02-28");
  EXPECT_EQ(json["final"], true);
  EXPECT_EQ(json["generated_at"].get<std::string>().substr(0, 10), "2026-03-10");
  EXPECT_EQ(json["sources"], 3);
  EXPECT_EQ(json["peak"], Json::parse(R"({"known":2,"unknown":1,"sum":31,"average":15.5,"min":1,
      "p25":1,"median":1,"p75":30,"p90":30,"p99":30,"max":30,
      "bins":[{"from":1,"to":1,"sources":1},{"from":21,"to":50,"sources":1}]})"));
  EXPECT_EQ(json["latest"], Json::parse(R"({"known":2,"unknown":1,"sum":4,"average":2,"min":1,
      "p25":1,"median":1,"p75":3,"p90":3,"p99":3,"max":3,
      "bins":[{"from":1,"to":1,"sources":1},{"from":3,"to":3,"sources":1}]})"));
}

TEST_F(DistributionEndpointTest, OfTheFiguresAndPeriodsThereAre) {
  LiveThroughTwoMonths();
  Json json = Get("");
  EXPECT_EQ(json["month"], "2026-03") << "the latest with reports";
  EXPECT_EQ(json["final"], false);
  EXPECT_EQ(json["peak"]["median"], 4);
  json = Get("?periods=3");
  EXPECT_EQ(json["start"], "2026-01-01");
  EXPECT_EQ(json["sources"], 3);
  EXPECT_EQ(json["peak"]["max"], 30);
  EXPECT_EQ(json["latest"]["max"], 4);
  json = Get("?periods=12&figure=tenants");
  EXPECT_EQ(json["start"], "2025-04-01");
  EXPECT_EQ(json["peak"]["known"], 1);
  EXPECT_EQ(json["peak"]["unknown"], 2);
  EXPECT_EQ(json["peak"]["sum"], 2);
  json = Get("?period=30d&figure=nodes&fleet=cozystack");
  EXPECT_EQ(json["period"], "30d");
  EXPECT_EQ(json["month"], nullptr);
  EXPECT_EQ(json["periods"], nullptr);
  EXPECT_EQ(json["final"], false);
  EXPECT_EQ(json["sources"], 3);
}

TEST_F(DistributionEndpointTest, WhereNobodyHasANumberThereAreNone) {
  SetTime("2026-03-10 10:00:00");
  Post("a", "cozy_cluster_info 1\n");
  const Json json = Get("?figure=tenants");
  EXPECT_EQ(json["sources"], 1);
  EXPECT_EQ(json["peak"], Json::parse(R"({"known":0,"unknown":1,"sum":0,"average":null,"min":null,
      "p25":null,"median":null,"p75":null,"p90":null,"p99":null,"max":null,"bins":[]})"));
  EXPECT_EQ(json["latest"], json["peak"]);
}

TEST_F(DistributionEndpointTest, OfAPeriodBeforeTheFirstReportNothingIsKnown) {
  LiveThroughTwoMonths();
  const Json json = Get("?month=2025-12");
  EXPECT_EQ(json["sources"], nullptr);
  EXPECT_EQ(json["peak"], nullptr);
  EXPECT_EQ(json["latest"], nullptr);
  EXPECT_EQ(json["generated_at"], nullptr);
  EXPECT_EQ(json["final"], true);
}

TEST_F(DistributionEndpointTest, NumbersOfAnyKindAreWrittenAsTheyAre) {
  SetTime("2026-03-10 10:00:00");
  Nodes("a", "-4");
  Nodes("b", "0.1");
  Nodes("c", "1e18");
  Nodes("d", "1e300");
  const Json peak = Get("")["peak"];
  EXPECT_EQ(peak["min"], -4);
  EXPECT_EQ(peak["median"], 0.1);
  EXPECT_EQ(peak["p75"], 1'000'000'000'000'000'000);
  EXPECT_EQ(peak["max"], 18446744073709551616.0);
  EXPECT_EQ(peak["bins"], Json::parse(R"([{"from":-5,"to":-4,"sources":1},
      {"from":0.1,"to":0.1,"sources":1},{"from":1000000000000000000,"to":1000000000000000000,
      "sources":1},{"from":18446744073709551616.0,"to":18446744073709551616.0,"sources":1}])"));
}

TEST_F(DistributionEndpointTest, ASpreadsheetGetsATable) {
  LiveThroughTwoMonths();
  const Reply reply = public_->Get("/api/v1/distribution?month=2026-02&periods=3&format=csv");
  EXPECT_EQ(reply.Header("content-type"), "text/csv; charset=utf-8");
  EXPECT_EQ(reply.Header("content-disposition"),
            "attachment; filename=\"rollcall-distribution-2026-02-3.csv\"");
  EXPECT_EQ(reply.body,
            "month,periods,figure,by,kind,from,to,value\r\n"
            "2026-02,3,nodes,peak,known,,,2\r\n2026-02,3,nodes,peak,unknown,,,1\r\n"
            "2026-02,3,nodes,peak,sum,,,31\r\n2026-02,3,nodes,peak,average,,,15.5\r\n"
            "2026-02,3,nodes,peak,min,,,1\r\n2026-02,3,nodes,peak,p25,,,1\r\n"
            "2026-02,3,nodes,peak,median,,,1\r\n2026-02,3,nodes,peak,p75,,,30\r\n"
            "2026-02,3,nodes,peak,p90,,,30\r\n2026-02,3,nodes,peak,p99,,,30\r\n"
            "2026-02,3,nodes,peak,max,,,30\r\n"
            "2026-02,3,nodes,peak,bin,1,1,1\r\n2026-02,3,nodes,peak,bin,21,50,1\r\n"
            "2026-02,3,nodes,latest,known,,,2\r\n2026-02,3,nodes,latest,unknown,,,1\r\n"
            "2026-02,3,nodes,latest,sum,,,4\r\n2026-02,3,nodes,latest,average,,,2\r\n"
            "2026-02,3,nodes,latest,min,,,1\r\n2026-02,3,nodes,latest,p25,,,1\r\n"
            "2026-02,3,nodes,latest,median,,,1\r\n2026-02,3,nodes,latest,p75,,,3\r\n"
            "2026-02,3,nodes,latest,p90,,,3\r\n2026-02,3,nodes,latest,p99,,,3\r\n"
            "2026-02,3,nodes,latest,max,,,3\r\n"
            "2026-02,3,nodes,latest,bin,1,1,1\r\n2026-02,3,nodes,latest,bin,3,3,1\r\n");
  const Reply days =
      public_->Get("/api/v1/distribution?period=30d&figure=tenants&fleet=cozystack&format=csv");
  EXPECT_EQ(days.Header("content-disposition"),
            "attachment; filename=\"rollcall-distribution-cozystack-tenants-30d.csv\"");
  EXPECT_THAT(days.body, HasSubstr("\r\n,,tenants,peak,median,,,2\r\n"));
  EXPECT_EQ(public_->Get("/api/v1/distribution?month=2025-12&format=csv").body,
            "month,periods,figure,by,kind,from,to,value\r\n");
}

TEST_F(DistributionEndpointTest, AnImportIntoAClosedMonthShowsAtOnce) {
  LiveThroughTwoMonths();
  EXPECT_EQ(Get("?month=2026-02")["peak"]["known"], 2);
  const std::string at = " 1770768000000\n";
  EXPECT_EQ(private_
                ->PostBare("cozy_cluster_info{cluster_id=\"d\"} 1" + at +
                               "cozy_nodes_count{cluster_id=\"d\"} 7" + at,
                           "", "/api/v1/import/prometheus")
                .status,
            200);
  const Json json = Get("?month=2026-02");
  EXPECT_EQ(json["sources"], 4);
  EXPECT_EQ(json["peak"]["median"], 7);
  EXPECT_EQ(json["latest"]["max"], 7);
}

}  // namespace
}  // namespace rollcall::test
