// The public numbers over real sockets: what they say of reports that were posted. The expected
// texts are worked out by hand.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <chrono>
#include <nlohmann/json.hpp>
#include <thread>

#include "tests/support/server_harness.h"

namespace rollcall::test {
namespace {

using ::testing::HasSubstr;
using ::testing::StartsWith;
using Json = nlohmann::json;

class DataEndpointsTest : public ServerTest {
 protected:
  void Post(const std::string& id, const std::string& body) { ASSERT_EQ(Report(id, body), "200"); }
  void Operator(const std::string& id, const std::string& version, int nodes,
                const std::string& os = "talos") {
    Post(id, "cozy_cluster_info{cozystack_version=\"" + version + "\"} 1\n" +
                 "cozy_nodes_count{os=\"" + os + "\"} " + std::to_string(nodes) + "\n");
  }
  // January: a, b. February: a. March, running: a (upgraded, more nodes), b (back), c (new).
  void LiveThroughAQuarter() {
    SetTime("2026-01-10 10:00:00");
    Operator("a", "v1.0", 3);
    Operator("b", "v1.0", 2);
    SetTime("2026-02-10 10:00:00");
    Operator("a", "v1.0", 4);
    SetTime("2026-03-10 10:00:00");
    Operator("a", "v1.0", 4);
    Operator("a", "v1.1", 5, "ubuntu");
    Operator("b", "v1.1", 2);
    Operator("c", "v1.1", 1);
    Post("c",
         "cozy_application_count{kind=\"Tenant\"} 2\ncozy_application_count{kind=\"=1+1\"} 0\n");
    SetTime("2026-03-10 12:00:00");
  }

  Json Get(const std::string& target) {
    const Reply reply = public_->Get(target);
    EXPECT_EQ(reply.status, 200) << target << ": " << reply.body;
    EXPECT_EQ(reply.Header("content-type"), "application/json");
    Json json = Json::parse(reply.body, nullptr, false);
    EXPECT_FALSE(json.is_discarded()) << reply.body;
    return json;
  }
  std::string Csv(const std::string& target) {
    const Reply reply = public_->Get(target);
    EXPECT_EQ(reply.Header("content-type"), "text/csv; charset=utf-8");
    EXPECT_THAT(reply.Header("content-disposition"),
                StartsWith("attachment; filename=\"rollcall-"));
    return reply.body;
  }
  // Until a job has counted the 30 days that end with today, those of yesterday may stand in.
  void AwaitLast30Days(const std::string& end) {
    const auto deadline = std::chrono::steady_clock::now() + std::chrono::minutes(1);
    const auto shown = [this] {
      return Get("/api/v1/overview?period=30d")["periods"]["30d"]["end"];
    };
    while (shown() != end && std::chrono::steady_clock::now() < deadline) {
      std::this_thread::yield();
    }
    ASSERT_EQ(shown(), end);
  }
  void AwaitJob(const std::string& name) {
    AwaitMetric("rollcall_job_runs_total{job=\"" + name + "\",result=\"ok\"}", 1);
  }
};

TEST_F(DataEndpointsTest, AnOverviewStandsBesideThePeriodsBefore) {
  LiveThroughAQuarter();
  const Json json = Get("/api/v1/overview");
  EXPECT_EQ(json["fleet"], "cozystack");
  EXPECT_EQ(json["month"], "2026-03");
  EXPECT_EQ(json["final"], false);
  const Json& month = json["periods"]["month"];
  EXPECT_EQ(month["label"], "March 2026");
  EXPECT_EQ(month["before"], "February 2026");
  EXPECT_EQ(month["figures"]["clusters"],
            Json::parse(R"({"value":3,"before":1,"change":2,"percent":200.0})"));
  // 4 + 5 of a's two systems, 2 and 1; at once a had 5.
  EXPECT_EQ(month["figures"]["total_nodes"],
            Json::parse(R"({"value":12,"before":4,"change":8,"percent":200.0})"));
  EXPECT_EQ(month["figures"]["peak_nodes"],
            Json::parse(R"({"value":8,"before":4,"change":4,"percent":100.0})"));
  EXPECT_EQ(month["figures"]["avg_nodes_per_cluster"],
            Json::parse(R"({"value":4.0,"before":4.0,"change":0.0,"percent":0.0})"));
  EXPECT_EQ(month["figures"]["total_tenants"],
            Json::parse(R"({"value":2,"before":0,"change":2,"percent":null})"));
  EXPECT_EQ(month["new"], 1);
  EXPECT_EQ(month["returned"], 1);
  EXPECT_EQ(month["gone"], nullptr) << "it runs";
  const Json& quarter = json["periods"]["quarter"];
  EXPECT_EQ(quarter["before"], nullptr);
  EXPECT_EQ(quarter["figures"]["clusters"],
            Json::parse(R"({"value":3,"before":null,"change":null,"percent":null})"));
  EXPECT_EQ(quarter["new"], 3);
  EXPECT_EQ(json["breakdowns"]["apps"]["Tenant"], 2);

  const Json february = Get("/api/v1/overview?month=2026-02");
  EXPECT_EQ(february["final"], true);
  EXPECT_EQ(february["periods"]["month"]["gone"], 1);
  EXPECT_EQ(february["periods"]["month"]["figures"]["clusters"]["percent"], -50.0);
  EXPECT_EQ(Get("/api/v1/overview?month=2030-01")["month"], "2026-03");
}

TEST_F(DataEndpointsTest, ARunningMonthStandsBesideTheSameDaysAndNobodyIsGoneBeforeItEnds) {
  LiveThroughAQuarter();
  const Json february = Get("/api/v1/overview?month=2026-02")["periods"]["month"];
  EXPECT_EQ(february["compared"], "whole");
  EXPECT_EQ(february["before_end"], "2026-01-31");
  EXPECT_EQ(february["gone"], 1);
  const Json march = Get("/api/v1/overview");
  EXPECT_EQ(march["periods"]["month"]["compared"], "same days");
  EXPECT_EQ(march["periods"]["month"]["before_end"], "2026-02-10");
  EXPECT_EQ(march["periods"]["month"]["gone"], nullptr);
  const Json& year = march["periods"]["year"];
  EXPECT_EQ(year["months"], 12);
  EXPECT_EQ(year["known_months"], 3);
  EXPECT_EQ(year["before_known_months"], 0);
  EXPECT_EQ(year["compared"], nullptr);
  EXPECT_EQ(year["figures"]["clusters"]["percent"], nullptr);
}

TEST_F(DataEndpointsTest, TheLast30DaysAreAPeriodOfTheirOwn) {
  LiveThroughAQuarter();
  AwaitLast30Days("2026-03-10");
  Json json = Get("/api/v1/overview?period=30d");
  EXPECT_EQ(json["period"], "30d");
  EXPECT_EQ(json["month"], nullptr);
  const Json& days = json["periods"]["30d"];
  EXPECT_EQ(days["start"], "2026-02-09");
  EXPECT_EQ(days["end"], "2026-03-10");
  EXPECT_EQ(days["before_start"], "2026-01-10");
  EXPECT_EQ(days["compared"], "whole");
  EXPECT_EQ(days["known_days"], 30);
  EXPECT_EQ(days["before_known_days"], 30);
  EXPECT_EQ(days["figures"]["clusters"],
            Json::parse(R"({"value":3,"before":2,"change":1,"percent":50.0})"));
  EXPECT_EQ(days["figures"]["peak_nodes"],
            Json::parse(R"({"value":8,"before":5,"change":3,"percent":60.0})"));
  EXPECT_EQ(days["figures"]["total_nodes"]["value"], 12);
  EXPECT_EQ(days["new"], 1);
  EXPECT_EQ(days["gone"], 0);
  EXPECT_EQ(json["breakdowns"]["apps"]["Tenant"], 2);
  EXPECT_EQ(json["other"]["apps"], nullptr);
  json = Get("/api/v1/breakdown?period=30d&metric=cozy_nodes_count&by=os");
  EXPECT_EQ(json["period"], "30d");
  EXPECT_EQ(json["start"], "2026-02-09");
  EXPECT_EQ(json["values"], Json::parse(R"([{"value":"talos","sources":2,"nonzero":2,"sum":7},
                                            {"value":"ubuntu","sources":1,"nonzero":1,"sum":5}])"));
  EXPECT_THAT(Csv("/api/v1/overview?period=30d&format=csv"),
              HasSubstr("\r\n,30d,clusters,3,2,1,50\r\n"));
  // One name, one number.
  EXPECT_THAT(public_->Get("/badge/nodes.svg").body, HasSubstr("nodes: 8"));
  EXPECT_THAT(public_->Get("/badge/total_nodes.svg").body, HasSubstr("nodes: 12"));
  // On the 1st of a month they are no less.
  SetTime("2026-04-01 00:03:00");
  EXPECT_THAT(public_->Get("/badge/nodes.svg").body, HasSubstr("nodes: 8"));
  EXPECT_THAT(public_->Get("/badge/nodes.svg?period=month").body, HasSubstr("nodes: 8"))
      << "of March: April has no data";
}

TEST_F(DataEndpointsTest, ATrendByMonthAndByDay) {
  LiveThroughAQuarter();
  Json json = Get("/api/v1/trend?from=2025-12&by=cozystack_version");
  EXPECT_EQ(json["steps"], Json::parse(R"(["2025-12","2026-01","2026-02","2026-03"])"));
  EXPECT_EQ(json["final"], Json::parse("[true,true,true,false]"));
  EXPECT_EQ(json["sources"], Json::parse("[null,2,1,3]"));
  EXPECT_EQ(json["values"],
            Json::parse(R"([{"value":"v1.1","sources":[null,0,0,3],"nonzero":[null,0,0,3],
                             "sums":[null,0,0,3],"peak_nodes":[null,0,0,8]},
                            {"value":"v1.0","sources":[null,2,1,0],"nonzero":[null,2,1,0],
                             "sums":[null,2,1,1],"peak_nodes":[null,5,4,0]}])"));
  EXPECT_EQ(json["other"], nullptr);
  json = Get("/api/v1/trend?from=2026-01&to=2026-03&metric=cozy_nodes_count&top=1&by=os");
  EXPECT_EQ(json["sums"], Json::parse("[5,4,12]"));
  EXPECT_EQ(json["peaks"], Json::parse("[5,4,8]"));
  EXPECT_EQ(json["values"][0]["value"], "talos");
  EXPECT_EQ(json["values"][0]["sources"], Json::parse("[2,1,2]"));
  EXPECT_EQ(json["other"],
            Json::parse(R"({"sources":[0,0,1],"nonzero":[0,0,1],"sums":[0,0,5],"values":1})"));
  json = Get("/api/v1/trend?step=day&from=2026-02-09&to=2026-02-11&metric=cozy_nodes_count");
  EXPECT_EQ(json["sums"], Json::parse("[0,4,0]"));
  EXPECT_EQ(json["by"], nullptr);
  EXPECT_FALSE(json.contains("values"));
  json = Get("/api/v1/trend?step=day");
  EXPECT_EQ(json["steps"].size(), 30U);
  EXPECT_EQ(json["steps"].back(), "2026-03-10");
  EXPECT_EQ(json["sources"].back(), 3);
}

TEST_F(DataEndpointsTest, ABreakdownCountsEachSourceByItsLatestValue) {
  LiveThroughAQuarter();
  Json json = Get("/api/v1/breakdown?metric=cozy_nodes_count&by=os&month=2026-03");
  EXPECT_EQ(json["sources"], 3);
  EXPECT_EQ(json["sum"], 12);
  EXPECT_EQ(json["peak"], 8);
  EXPECT_EQ(json["values"], Json::parse(R"([{"value":"talos","sources":2,"nonzero":2,"sum":7},
                                            {"value":"ubuntu","sources":1,"nonzero":1,"sum":5}])"));
  json = Get("/api/v1/breakdown?metric=cozy_nodes_count&by=os&month=2026-02&periods=3");
  // a's latest is of February, b's of January; a's peak is of February.
  EXPECT_EQ(json["values"], Json::parse(R"([{"value":"talos","sources":2,"nonzero":2,"sum":6}])"));
  EXPECT_EQ(json["final"], true);
  // Without parameters: the apps of the latest month.
  json = Get("/api/v1/breakdown");
  EXPECT_EQ(json["month"], "2026-03");
  EXPECT_EQ(json["values"], Json::parse(R"([{"value":"Tenant","sources":1,"nonzero":1,"sum":2},
                                            {"value":"=1+1","sources":1,"nonzero":0,"sum":0}])"));
}

TEST_F(DataEndpointsTest, NodesAreCountedByTheVersionThatTheirClusterRanLast) {
  LiveThroughAQuarter();
  // a ran v1.0 until March, and had 4 and then 5 nodes; b and c have 2 and 1.
  const std::string quarter =
      "/api/v1/breakdown?by=cozystack_version&metric=cozy_cluster_info&periods=3";
  const Json march = Get(quarter + "&month=2026-03")["values"];
  EXPECT_EQ(march[0],
            Json::parse(R"({"value":"v1.1","sources":3,"nonzero":3,"sum":3,"peak_nodes":8})"));
  EXPECT_EQ(march[1],
            Json::parse(R"({"value":"v1.0","sources":0,"nonzero":0,"sum":2,"peak_nodes":0})"));
  const Json february = Get(quarter + "&month=2026-02")["values"];
  EXPECT_EQ(february[0],
            Json::parse(R"({"value":"v1.0","sources":2,"nonzero":2,"sum":2,"peak_nodes":6})"));
  EXPECT_EQ(Csv(quarter + "&month=2026-03&top=1&format=csv"),
            "month,periods,kind,value,sources,nonzero,sum,peak_nodes\r\n"
            "2026-03,3,value,v1.1,3,3,3,8\r\n2026-03,3,other,,0,0,2,0\r\n");
  EXPECT_EQ(Csv("/api/v1/trend?by=cozystack_version&from=2025-12&to=2026-01&format=csv"),
            "step,kind,value,sources,nonzero,sum,peak_nodes\r\n"
            "2025-12,value,v1.0,,,,\r\n2026-01,value,v1.0,2,2,2,5\r\n");
  Post("d", "cozy_cluster_info{cozystack_version=\"v1.1\"} 1\n");
  EXPECT_EQ(Get(quarter + "&month=2026-03")["values"][0]["peak_nodes"], 8) << "d says no nodes";
}

TEST_F(DataEndpointsTest, FleetsListMetricsWithTheLabelsThatSomebodyReported) {
  LiveThroughAQuarter();
  Post("c", "my_own_metric{color=\"red\",taste=\"sour\"} 1\n");
  const Json fleet = Get("/api/v1/fleets")["fleets"][0];
  EXPECT_EQ(fleet["name"], "cozystack");
  EXPECT_EQ(fleet["first_month"], "2026-01");
  EXPECT_EQ(fleet["last_month"], "2026-03");
  EXPECT_EQ(fleet["metrics"], Json::parse(R"([
      {"name":"cozy_cluster_info","sources":3,"labels":["cozystack_version"]},
      {"name":"cozy_nodes_count","sources":3,"labels":["os"]},
      {"name":"cozy_application_count","sources":1,"labels":["kind"]},
      {"name":"my_own_metric","sources":1,"labels":["color","taste"]}])"));
  EXPECT_EQ(Get("/api/v1/breakdown?metric=my_own_metric&by=taste")["values"][0]["value"], "sour");
}

TEST_F(DataEndpointsTest, FleetsListWhatWasReportedInTheWindowThatIsAskedFor) {
  const auto metrics = [this](const std::string& query) {
    std::string names;
    const Json fleet = Get("/api/v1/fleets" + query)["fleets"][0];
    for (const Json& one : fleet["metrics"]) {
      names += one["name"].get<std::string>() + one["labels"].dump() + " ";
    }
    return names;
  };
  SetTime("2026-01-10 10:00:00");
  Post("a", "only_in_january{color=\"red\"} 1\n");
  SetTime("2026-02-10 10:00:00");
  Post("a", "also_in_february 1\nbig{size=\"1\"} 1\n");
  // The first minutes of March: what the last 30 days had is still there.
  SetTime("2026-03-01 00:03:00");
  EXPECT_EQ(metrics(""), "also_in_february[] big[\"size\"] ");
  Post("a", "big{color=\"blue\"} 1\n");
  EXPECT_EQ(metrics(""), "also_in_february[] big[\"color\",\"size\"] ");
  EXPECT_EQ(metrics("?month=2026-03"), "big[\"color\"] ");
  EXPECT_EQ(metrics("?month=2026-01"), "only_in_january[\"color\"] ");
  EXPECT_EQ(metrics("?month=2026-02&periods=12"),
            "also_in_february[] big[\"size\"] only_in_january[\"color\"] ");
  EXPECT_EQ(public_->Get("/api/v1/fleets?month=2026-04").status, 400);
}

TEST_F(DataEndpointsTest, AnEmptyStoreSaysSo) {
  EXPECT_EQ(Render(public_->Get("/api/v1/overview")),
            "404 {\"error\":\"nothing was reported in that month or before\"}\n");
  const Json fleet = Get("/api/v1/fleets")["fleets"][0];
  EXPECT_EQ(fleet["first_month"], nullptr);
  EXPECT_EQ(fleet["metrics"], Json::array());
  EXPECT_EQ(Get("/api/v1/trend")["steps"].size(), 12U);
  EXPECT_EQ(Get("/api/v1/trend")["sources"][0], nullptr);
  EXPECT_EQ(Get("/api/v1/breakdown")["values"], Json::array());
}

TEST_F(DataEndpointsTest, AnImportIntoAClosedMonthShowsAtOnce) {
  LiveThroughAQuarter();
  const std::string trend = "/api/v1/trend?from=2026-01&to=2026-02";
  const std::string days = "/api/v1/trend?step=day&from=2026-02-10&to=2026-02-11";
  EXPECT_EQ(Get(trend)["sources"], Json::parse("[2,1]"));
  EXPECT_EQ(Get(days)["sources"], Json::parse("[1,0]"));
  EXPECT_EQ(private_
                ->PostBare("cozy_cluster_info{cluster_id=\"d\",cozystack_version=\"v1.0\"} 1 "
                           "1770768000000\n",
                           "", "/api/v1/import/prometheus")
                .status,
            200);
  EXPECT_EQ(Get(trend)["sources"], Json::parse("[2,2]"));
  EXPECT_EQ(Get(days)["sources"], Json::parse("[1,1]"));
  const Json moves = Get("/api/v1/overview?month=2026-02")["periods"]["month"];
  EXPECT_EQ(moves["new"], 1);
}

TEST_F(DataEndpointsTest, ASpreadsheetGetsATableAndNoFormula) {
  LiveThroughAQuarter();
  EXPECT_EQ(Csv("/api/v1/breakdown?format=csv"),
            "month,periods,kind,value,sources,nonzero,sum\r\n"
            "2026-03,1,value,Tenant,1,1,2\r\n"
            "2026-03,1,value,'=1+1,1,0,0\r\n");
  EXPECT_EQ(Csv("/api/v1/trend?format=csv&from=2025-12&metric=cozy_nodes_count"),
            "step,final,sources,sum,peak\r\n"
            "2025-12,yes,,,\r\n2026-01,yes,2,5,5\r\n2026-02,yes,1,4,4\r\n2026-03,no,3,12,8\r\n");
  EXPECT_EQ(Csv("/api/v1/trend?format=csv&from=2026-03&metric=cozy_nodes_count&by=os&top=1"),
            "step,kind,value,sources,nonzero,sum\r\n"
            "2026-03,value,talos,2,2,7\r\n2026-03,other,,1,1,5\r\n");
  const std::string overview = Csv("/api/v1/overview?format=csv");
  EXPECT_THAT(overview, StartsWith("month,period,figure,value,before,change,percent\r\n"
                                   "2026-03,month,clusters,3,1,2,200\r\n"));
  EXPECT_THAT(overview, HasSubstr("2026-03,quarter,clusters,3,,,\r\n"));
  EXPECT_THAT(overview, HasSubstr("2026-03,month,returned,1,,,\r\n"));
  EXPECT_THAT(Csv("/api/v1/fleets?format=csv"), HasSubstr("cozystack,cozy_nodes_count,os,3\r\n"));
}

TEST_F(DataEndpointsTest, EachTableIsAFileOfItsOwnName) {
  LiveThroughAQuarter();
  const auto name = [this](const std::string& target) {
    return public_->Get("/api/v1/" + target).Header("content-disposition");
  };
  EXPECT_EQ(name("overview?format=csv"), "attachment; filename=\"rollcall-overview.csv\"");
  EXPECT_EQ(name("breakdown?format=csv&metric=cozy_nodes_count&by=os&month=2026-02&periods=1"),
            "attachment; filename=\"rollcall-breakdown-cozy_nodes_count-os-2026-02-1.csv\"");
  EXPECT_EQ(name("trend?format=csv&step=day&from=2026-02-01&fleet=cozystack"),
            "attachment; filename=\"rollcall-trend-cozystack-day-2026-02-01.csv\"");
  Post("d", "strange{label=\"x\"} 1\n");
  EXPECT_EQ(name("trend?format=csv&metric=strange&by=label&from=2026-03&q=%22%0d%0aX-Evil:%20"),
            "attachment; filename=\"rollcall-trend-strange-label-2026-03.csv\"");
}

TEST_F(DataEndpointsTest, WhoHasTheBytesGetsNoneUntilTheyChange) {
  LiveThroughAQuarter();
  // The last of the jobs: from here on nothing is written that nobody asked for.
  AwaitJob("closed-months");
  AwaitLast30Days("2026-03-10");
  for (const std::string target :
       {"/api/v1/fleets", "/api/v1/overview", "/api/v1/trend?by=cozystack_version",
        "/api/v1/breakdown?format=csv", "/badge/clusters.svg", "/chart/nodes.svg",
        "/api/v1/breakdown?period=30d", "/api/v1/distribution",
        "/api/v1/distribution?month=2026-03&periods=12&figure=tenants&format=csv"}) {
    SetTime("2026-03-10 12:00:00");
    const Reply first = public_->Get(target);
    ASSERT_EQ(first.status, 200) << target << first.body;
    const std::string known = "If-None-Match: \"x\", " + first.Header("etag") + "\r\n";
    SetTime("2026-03-10 12:05:00");
    const Reply again = public_->Get(target, known);
    EXPECT_EQ(again.status, 304) << target;
    EXPECT_EQ(again.body, "");
    EXPECT_EQ(again.Header("etag"), first.Header("etag"));
    EXPECT_EQ(again.Header("access-control-allow-origin"), "*");
    EXPECT_EQ(public_->Get(target, "If-None-Match: \"x\"\r\n").status, 200);
    Operator(target.substr(1, 3) + std::to_string(target.size()), "v1.2", 1, "linux");
    Post("new-" + std::to_string(target.size()), "cozy_application_count{kind=\"k\"} 1\n");
    EXPECT_EQ(public_->Get(target, known).status, 200) << target;
  }
}

TEST_F(DataEndpointsTest, HeadSaysWhatGetWouldAndOtherMethodsAreTold) {
  LiveThroughAQuarter();
  for (const std::string target :
       {"/api/v1/fleets", "/api/v1/overview", "/api/v1/trend", "/api/v1/breakdown",
        "/api/v1/distribution", "/badge/nodes.svg", "/chart/nodes.svg"}) {
    const Reply get = public_->Get(target);
    const Reply head = public_->Ask("HEAD", target);
    EXPECT_EQ(head.status, 200) << target;
    EXPECT_EQ(head.body, "");
    EXPECT_EQ(head.Header("etag"), get.Header("etag"));
    EXPECT_EQ(head.Header("content-length"), std::to_string(get.body.size()));
    const Reply post = public_->Post("c", "cozy_cluster_info 1\n", "", target);
    EXPECT_EQ(post.status, 405) << target;
    EXPECT_EQ(post.Header("allow"), "GET, HEAD");
    EXPECT_EQ(post.Header("access-control-allow-origin"), "*");
    EXPECT_EQ(private_->Get(target).status, 404) << "public only";
  }
}

TEST_F(DataEndpointsTest, NoAnswerHasAnId) {
  SetTime("2026-03-10 10:00:00");
  Operator("very-secret-id", "v1.0", 3);
  // As releases before 1.0 send it: the uid is one of the cluster's own objects.
  Report("very-secret-id", "cozy_workloads_count{uid=\"secret-6099\",kind=\"etcd\"} 3\n");
  EXPECT_EQ(public_->Get("/api/v1/breakdown?metric=cozy_workloads_count&by=kind").status, 200);
  EXPECT_EQ(public_->Get("/api/v1/breakdown?metric=cozy_workloads_count&by=uid").body,
            public_->Get("/api/v1/breakdown?metric=cozy_workloads_count&by=nothing").body);
  for (const std::string target :
       {"/api/v1/fleets", "/api/v1/overview", "/api/v1/trend?step=day&by=cozystack_version",
        "/api/v1/breakdown?metric=cozy_nodes_count&by=os",
        "/api/v1/breakdown?metric=cozy_workloads_count&by=kind", "/api/v1/distribution",
        "/badge/nodes.svg", "/chart/nodes.svg"}) {
    for (const std::string format : {"json", "csv"}) {
      const std::string query = (target.find('?') == std::string::npos ? "?" : "&");
      const Reply reply = public_->Get(target + query + "format=" + format);
      EXPECT_EQ(reply.status, 200);
      EXPECT_EQ(reply.body.find("secret"), std::string::npos) << target;
    }
  }
}

}  // namespace
}  // namespace rollcall::test
