// Prometheus' API at the private listener: what is asked by GET and by POST, the forms of answers
// and errors, the limits.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>
#include <vector>

#include <nlohmann/json.hpp>

#include "tests/support/gzip.h"
#include "tests/support/server_harness.h"

namespace rollcall::test {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;

class PromqlEndpointsTest : public ServerTest {
 protected:
  static constexpr const char* kForm = "Content-Type: application/x-www-form-urlencoded\r\n";

  // Two clusters report every 15 minutes, from 10:00 to 12:00.
  void ReportTwoHours() {
    for (int quarter = 0; quarter <= 8; ++quarter) {
      const int minutes = 15 * quarter;
      const std::string minute = std::to_string(100 + minutes % 60).substr(1);
      SetTime("2026-03-15 " + std::to_string(10 + minutes / 60) + ":" + minute + ":00");
      for (const char* const id : {"a", "b"}) {
        EXPECT_EQ(Report(id, std::string("cozy_cluster_info{cozystack_version=\"v1\"} 1\n") +
                                 "cozy_nodes_count{os=\"Talos\"} " +
                                 std::to_string(id[0] == 'a' ? 3 : 4 + quarter) + "\n"),
                  "200");
      }
    }
  }

  static std::string Encode(const std::string& text) {
    std::string encoded;
    for (const char c : text) {
      const auto byte = static_cast<unsigned char>(c);
      constexpr char kDigits[] = "0123456789ABCDEF";
      if (isalnum(byte) != 0) {
        encoded += c;
      } else {
        encoded += '%';
        encoded += kDigits[byte >> 4];
        encoded += kDigits[byte & 15];
      }
    }
    return encoded;
  }

  // Asks at noon.
  std::string Query(const std::string& query, const std::string& more = "") {
    return Render(private_->Get(
        "/api/v1/query?time=2026-03-15T12:00:00Z&lookback_delta=5m&query=" + Encode(query) + more));
  }
};

constexpr int64_t kNoon = 1'773'576'000;

TEST_F(PromqlEndpointsTest, AScalarStandsForItselfAtTheTimeAsked) {
  EXPECT_EQ(
      Render(private_->PostBare("query=1%2B1&time=4", kForm, "/api/v1/query")),
      "200 {\"status\":\"success\",\"data\":{\"resultType\":\"scalar\",\"result\":[4,\"2\"]}}");
  EXPECT_EQ(
      Render(private_->Get("/api/v1/query?query=%22x%22&time=4.5")),
      "200 {\"status\":\"success\",\"data\":{\"resultType\":\"string\",\"result\":[4.500,\"x\"]}}");
}

TEST_F(PromqlEndpointsTest, ALargeNumberIsWrittenWithTheFewestDigitsThatTellIt) {
  EXPECT_EQ(Render(private_->Get("/api/v1/query?query=1e23&time=4")),
            "200 {\"status\":\"success\",\"data\":{\"resultType\":\"scalar\",\"result\":"
            "[4,\"100000000000000000000000\"]}}");
}

TEST_F(PromqlEndpointsTest, WithoutATimeItIsAskedNow) {
  SetTime("2026-03-15 12:00:00");
  EXPECT_EQ(Render(private_->Get("/api/v1/query?query=time()")),
            "200 {\"status\":\"success\",\"data\":{\"resultType\":\"scalar\",\"result\":[" +
                std::to_string(kNoon) + ",\"" + std::to_string(kNoon) + "\"]}}");
}

TEST_F(PromqlEndpointsTest, ReportsAreSeriesWithTheSourcesId) {
  ReportTwoHours();
  EXPECT_EQ(Query("cozy_nodes_count"),
            "200 {\"status\":\"success\",\"data\":{\"resultType\":\"vector\",\"result\":["
            "{\"metric\":{\"__name__\":\"cozy_nodes_count\",\"cluster_id\":\"a\",\"os\":\"Talos\"},"
            "\"value\":[1773576000,\"3\"]},"
            "{\"metric\":{\"__name__\":\"cozy_nodes_count\",\"cluster_id\":\"b\",\"os\":\"Talos\"},"
            "\"value\":[1773576000,\"12\"]}]}}");
  EXPECT_THAT(Query("cozy_nodes_count{cluster_id=\"b\"}[20m]"),
              HasSubstr("\"resultType\":\"matrix\",\"result\":[{\"metric\":{\"__name__\":"
                        "\"cozy_nodes_count\",\"cluster_id\":\"b\",\"os\":\"Talos\"},\"values\":"
                        "[[1773575100,\"11\"],[1773576000,\"12\"]]}]"));
}

TEST_F(PromqlEndpointsTest, AnswersTheSameWhereverAndHoweverItIsAsked) {
  ReportTwoHours();
  const std::string query = "query=" + Encode("sum by (os) (cozy_nodes_count{os=~\"T.*\"})") +
                            "&start=1773572400&end=1773576000.000&step=900&lookback_delta=300";
  const std::string wanted =
      "200 {\"status\":\"success\",\"data\":{\"resultType\":\"matrix\",\"result\":[{\"metric\":"
      "{\"os\":\"Talos\"},\"values\":[[1773572400,\"11\"],[1773573300,\"12\"],[1773574200,\"13\"],"
      "[1773575100,\"14\"],[1773576000,\"15\"]]}]}}";
  for (const char* const prefix : {"", "/prometheus", "/select/0/prometheus"}) {
    const std::string path = std::string(prefix) + "/api/v1/query_range";
    EXPECT_EQ(Render(private_->Get(path + "?" + query)), wanted) << path;
    EXPECT_EQ(Render(private_->PostBare(query, kForm, path)), wanted) << path;
    EXPECT_EQ(Render(private_->PostBare("", kForm, path + "?" + query)), wanted) << path;
    EXPECT_EQ(Render(private_->Get(path + "?nobody=knows&" + query)), wanted) << path;
  }
  // A step may be a duration, and values may hold '='.
  EXPECT_EQ(Render(private_->PostBare(
                "query=sum by (os) (cozy_nodes_count{os=~\"T.*\"})&start=2026-03-15T11:00:00Z&"
                "end=2026-03-15T12:00:00.000Z&step=15m&lookback_delta=5m",
                kForm, "/api/v1/query_range")),
            wanted);
}

TEST_F(PromqlEndpointsTest, IsNotThereForThePublic) {
  EXPECT_EQ(public_->Get("/api/v1/query?query=1").status, 404);
  EXPECT_EQ(public_->Get("/select/0/prometheus/api/v1/query?query=1").status, 404);
}

TEST_F(PromqlEndpointsTest, ABadRequestIsToldAsPrometheusTellsIt) {
  const struct {
    const char* target;
    int status;
    const char* type;
    const char* error;
  } kCases[] = {
      {"query", 400, "bad_data", "invalid parameter \"query\": 1:1: parse error: no expression"},
      {"query?query=sum(", 400, "bad_data", "invalid parameter \"query\": 1:5: parse error: "},
      {"query?query=1&time=noon", 400, "bad_data",
       "invalid parameter \"time\": cannot parse \"noon\" to a valid timestamp"},
      {"query?query=1&time=1e300", 400, "bad_data", "invalid parameter \"time\": "},
      {"query?query=1&time=NaN", 400, "bad_data", "invalid parameter \"time\": "},
      {"query?query=1&timeout=soon", 400, "bad_data",
       "invalid parameter \"timeout\": cannot parse \"soon\" to a valid duration"},
      {"query?query=1&limit=-1", 400, "bad_data", "invalid parameter \"limit\": "},
      {"query_range?query=1&start=0&end=10", 400, "bad_data", "invalid parameter \"step\": "},
      {"query_range?query=1&start=0&step=1", 400, "bad_data", "invalid parameter \"end\": "},
      {"query_range?query=1&start=10&end=0&step=1", 400, "bad_data",
       "invalid parameter \"end\": end timestamp must not be before start time"},
      {"query_range?query=1&start=0&end=10&step=0", 400, "bad_data",
       "invalid parameter \"step\": zero or negative query resolution step widths are not "
       "accepted"},
      {"query_range?query=1&start=0&end=10&step=-1", 400, "bad_data",
       "invalid parameter \"step\": cannot parse \"-1\" to a valid duration"},
      {"query_range?query=1&start=0&end=11001&step=1", 400, "bad_data",
       "more than 11000 points per series"},
      {"query_range?query=x[5m]&start=0&end=1&step=1", 400, "bad_data",
       "invalid parameter \"query\": invalid expression type \"range vector\" for range query, "
       "must "
       "be Scalar or instant Vector"},
      {"query?query=label_replace(vector(1),%22a%22,%22b%22,%22c%22,%22*%22)", 422, "execution",
       "invalid regular expression in label_replace"},
      {"series", 400, "bad_data", "no match[] parameter provided"},
      {"series?match[]=%7B%7D", 400, "bad_data",
       "invalid parameter \"match[]\": 1:1: parse error: "},
      {"labels?start=10&end=1", 400, "bad_data", "invalid parameter \"end\": "},
      {"label/a%FF/values", 400, "bad_data", "invalid label name: \"a"},
  };
  for (const auto& c : kCases) {
    const Reply reply = private_->Get(std::string("/api/v1/") + c.target);
    EXPECT_EQ(reply.status, c.status) << c.target << "\n" << reply.body;
    const auto json = nlohmann::json::parse(reply.body, nullptr, false);
    ASSERT_TRUE(json.is_object()) << c.target << "\n" << reply.body;
    EXPECT_EQ(json.value("status", ""), "error") << c.target;
    EXPECT_EQ(json.value("errorType", ""), c.type) << c.target;
    EXPECT_THAT(json.value("error", ""), HasSubstr(c.error)) << c.target;
    EXPECT_EQ(json.size(), 3U) << c.target;
  }
  EXPECT_EQ(private_->Get("/api/v1/label/os/value").status, 404);
}

TEST_F(PromqlEndpointsTest, AsManyPointsAsPrometheusAllowsAreGiven) {
  const Reply reply = private_->Get("/api/v1/query_range?query=time()&start=0&end=11000&step=1");
  const auto json = nlohmann::json::parse(reply.body, nullptr, false);
  ASSERT_EQ(reply.status, 200) << reply.body;
  EXPECT_EQ(json["data"]["result"][0]["values"].size(), 11'001U);
}

TEST_F(PromqlEndpointsTest, SaysHowLongASampleStoodForTheInstantsAfterIt) {
  ReportTwoHours();
  const std::string target = "/api/v1/query?time=2026-03-15T12:16:00Z&query=cozy_cluster_info";
  EXPECT_THAT(Render(private_->Get(target)),
              HasSubstr("\"infos\":[\"lookback: 16m52s500ms, by the intervals at which they were "
                        "reported\"]"));
  EXPECT_THAT(Render(private_->Get(target)), HasSubstr("\"cluster_id\":\"a\""));
  EXPECT_EQ(Render(private_->Get(target + "&lookback_delta=5m")),
            "200 {\"status\":\"success\",\"data\":{\"resultType\":\"vector\",\"result\":[]}}");
  Stop();
  options_.promql.lookback = std::chrono::minutes(5);
  Start();
  EXPECT_EQ(Render(private_->Get(target)),
            "200 {\"status\":\"success\",\"data\":{\"resultType\":\"vector\",\"result\":[]}}");
  EXPECT_THAT(Render(private_->Get(target + "&lookback_delta=auto")), HasSubstr("\"infos\""));
}

TEST_F(PromqlEndpointsTest, ALimitCutsTheAnswerAndSaysSo) {
  ReportTwoHours();
  EXPECT_THAT(Query("cozy_nodes_count", "&limit=1"),
              HasSubstr(R"(]}]},"warnings":["results truncated due to limit"]})"));
  EXPECT_THAT(Query("cozy_nodes_count", "&limit=1"), Not(HasSubstr("\"cluster_id\":\"b\"")));
  EXPECT_THAT(Query("cozy_nodes_count", "&limit=2"), Not(HasSubstr("warnings")));
}

TEST_F(PromqlEndpointsTest, StatsTellWhatAQueryCost) {
  ReportTwoHours();
  EXPECT_THAT(Query("cozy_nodes_count"), Not(HasSubstr("stats")));
  const auto all = nlohmann::json::parse(
      private_->Get("/api/v1/query?time=1773576000&query=cozy_nodes_count&stats=all").body);
  EXPECT_GE(all["data"]["stats"]["samples"]["totalQueryableSamples"], 2);
  EXPECT_EQ(all["data"]["stats"]["samples"]["totalQueryableSamplesPerStep"],
            nlohmann::json::parse("[[1773576000.0, 2]]"));
  EXPECT_GE(all["data"]["stats"]["timings"]["execTotalTime"], 0);
}

TEST_F(PromqlEndpointsTest, EachLimitHasAnErrorThatNamesItsOption) {
  ReportTwoHours();
  const auto fresh = options_.promql;
  const auto answer = [&](const char* query, const auto& set) {
    Stop();
    options_.promql = fresh;
    set(options_.promql);
    Start();
    return Render(
        private_->Get(std::string("/api/v1/query?time=1773576000&query=") + Encode(query)));
  };
  EXPECT_THAT(answer("cozy_nodes_count", [](auto& o) { o.limits.samples = 1; }),
              testing::AllOf(HasSubstr("422 "), HasSubstr("\"errorType\":\"execution\""),
                             HasSubstr("--query-max-samples")));
  EXPECT_THAT(answer("cozy_nodes_count", [](auto& o) { o.limits.series = 1; }),
              testing::AllOf(HasSubstr("422 "), HasSubstr("--query-max-series")));
  EXPECT_THAT(answer("sum_over_time((time() + cozy_nodes_count)[10d:1s])",
                     [](auto& o) { o.limits.memory_bytes = 1 << 20; }),
              testing::AllOf(HasSubstr("422 "), HasSubstr("(--query-max-memory)")));
  // Whichever it meets first.
  EXPECT_THAT(answer("sum_over_time(vector(time())[100y:1s])", [](auto&) {}),
              HasSubstr("--query-max-"));
  EXPECT_THAT(answer("sum_over_time(sum_over_time(vector(time())[1d:1s])[1d:1s])",
                     [](auto& o) {
                       o.limits.samples = UINT64_MAX / 2;
                       o.limits.time = std::chrono::milliseconds(1);
                     }),
              testing::AllOf(HasSubstr("503 "), HasSubstr("\"errorType\":\"timeout\""),
                             HasSubstr("--query-timeout")));
}

TEST_F(PromqlEndpointsTest, ALargeAnswerIsStreamedAndPackedForThoseWhoTakeGzip) {
  std::string report;
  for (int i = 0; i < 60; ++i) {
    report += "cozy_nodes_count{os=\"os" + std::to_string(i) + "\"} " + std::to_string(i) + "\n";
  }
  SetTime("2026-03-15 12:00:00");
  EXPECT_EQ(Report("a", report), "200");
  const std::string target =
      "/api/v1/query_range?query=cozy_nodes_count&start=1773576000&end=1773576999&step=1&"
      "lookback_delta=1h";
  const Reply plain = private_->Get(target);
  EXPECT_EQ(plain.Header("content-length"), "") << "it is a stream";
  const auto json = nlohmann::json::parse(plain.body, nullptr, false);
  ASSERT_TRUE(json.is_object()) << plain.body.substr(0, 1'000);
  ASSERT_EQ(json["data"]["result"].size(), 60U);
  for (const auto& series : json["data"]["result"]) EXPECT_EQ(series["values"].size(), 1'000U);
  const Reply packed = private_->Get(target, "Accept-Encoding: gzip\r\n");
  EXPECT_EQ(packed.Header("content-encoding"), "gzip");
  EXPECT_LT(packed.body.size() * 5, plain.body.size());
  EXPECT_TRUE(Gunzip(packed.body) == plain.body);
}

TEST_F(PromqlEndpointsTest, ListsSeriesLabelsAndTheirValues) {
  ReportTwoHours();
  const auto get = [&](const std::string& what) {
    return Render(private_->Get("/api/v1/" + what));
  };
  EXPECT_EQ(
      get("series?match[]=cozy_nodes_count%7Bcluster_id%3D%22a%22%7D"),
      "200 {\"status\":\"success\",\"data\":[{\"__name__\":\"cozy_nodes_count\",\"cluster_id\":"
      "\"a\",\"os\":\"Talos\"}]}\n");
  EXPECT_EQ(
      get("labels"),
      "200 {\"status\":\"success\",\"data\":[\"__name__\",\"cluster_id\",\"cozystack_version\","
      "\"os\"]}\n");
  EXPECT_EQ(get("label/__name__/values"),
            "200 {\"status\":\"success\",\"data\":[\"cozy_cluster_info\",\"cozy_nodes_count\"]}\n");
  EXPECT_EQ(get("label/cluster_id/values?limit=40000&start=1773568800&end=1773576000&match[]=cozy_"
                "cluster_info"),
            "200 {\"status\":\"success\",\"data\":[\"a\",\"b\"]}\n");
  EXPECT_EQ(get("label/cluster_id/values?limit=1"),
            "200 {\"status\":\"success\",\"data\":[\"a\"],\"warnings\":[\"results truncated due to "
            "limit\"]}\n");
  EXPECT_EQ(get("label/nobody/values"), "200 {\"status\":\"success\",\"data\":[]}\n");
  EXPECT_EQ(get("label/cluster_id/values?start=0&end=1000"),
            "200 {\"status\":\"success\",\"data\":[]}\n");
}

TEST_F(PromqlEndpointsTest, AnEmptyStoreAnswersEverythingWithNothing) {
  EXPECT_EQ(Query("cozy_nodes_count"),
            "200 {\"status\":\"success\",\"data\":{\"resultType\":\"vector\",\"result\":[]}}");
  for (const char* const what : {"labels", "label/__name__/values", "series?match[]=x"}) {
    EXPECT_EQ(Render(private_->Get(std::string("/api/v1/") + what)),
              "200 {\"status\":\"success\",\"data\":[]}\n");
  }
}

// What Grafana's data source asks when it is set up and a dashboard opens, as it asks it.
TEST_F(PromqlEndpointsTest, AnswersWhatGrafanaAsksAtItsStart) {
  ReportTwoHours();
  const std::string root = "/select/0/prometheus/api/v1/";
  const auto data = [&](const Reply& reply) {
    EXPECT_EQ(reply.status, 200) << reply.body;
    EXPECT_EQ(reply.Header("content-type"), "application/json");
    const auto json = nlohmann::json::parse(reply.body, nullptr, false);
    EXPECT_TRUE(json.is_object() && json["status"] == "success") << reply.body;
    return json["data"];
  };
  const auto get = [&](const std::string& what) { return data(private_->Get(root + what)); };
  const auto health = data(private_->PostBare("query=1%2B1&time=4", kForm, root + "query"));
  EXPECT_EQ(health["resultType"], "scalar");
  const auto build = get("status/buildinfo");
  EXPECT_EQ(build["version"], "3.0.0");
  EXPECT_FALSE(build.contains("features"));
  EXPECT_EQ(get("rules"), nlohmann::json::parse(R"({"groups":[]})"));
  EXPECT_EQ(get("alerts"), nlohmann::json::parse(R"({"alerts":[]})"));
  EXPECT_EQ(get("query_exemplars?query=test&start=1773568800000&end=1773576000000"),
            nlohmann::json::array());
  EXPECT_EQ(get("label/__name__/values").size(), 2U);
  EXPECT_EQ(get("labels").size(), 4U);
  const auto metadata = get("metadata?limit=40000");
  EXPECT_EQ(metadata["cozy_nodes_count"][0]["type"], "gauge");
  EXPECT_TRUE(metadata["cozy_nodes_count"][0]["help"].is_string());
  EXPECT_EQ(get("label/cluster_id/values?limit=40000&start=1773568800&end=1773576000&match%5B%5D="
                "cozy_cluster_info"),
            nlohmann::json::parse(R"(["a","b"])"));
  // Backslashes of the variable's values come doubled.
  const auto panel = data(private_->PostBare(
      "end=1773576000&query=count%28count+by+%28cluster_id%29+%28cozy_cluster_info%7Bcluster_id%3D~"
      "%22"
      "%28a%7Cb%29%22%2Ccozystack_version%21~%22v1%5C%5C.0%22%7D%29%29&start=1773568800&step=3600",
      kForm, root + "query_range"));
  EXPECT_EQ(panel["result"][0]["values"],
            nlohmann::json::parse(R"([[1773568800,"2"],[1773572400,"2"],[1773576000,"2"]])"));
}

TEST_F(PromqlEndpointsTest, WritesAQueryAsItIsReadBest) {
  EXPECT_EQ(
      Render(private_->Get("/api/v1/format_query?query=sum%28foo%7Bb%3D%22c%22%7D%29by%28a%29")),
      "200 {\"status\":\"success\",\"data\":\"sum by (a) (foo{b=\\\"c\\\"})\"}\n");
  EXPECT_THAT(Render(private_->Get("/api/v1/format_query?query=sum%28")),
              HasSubstr("\"bad_data\""));
}

TEST_F(PromqlEndpointsTest, ItsCostIsCountedByKind) {
  ReportTwoHours();
  Query("cozy_nodes_count");
  Query("sum(");
  private_->Get("/api/v1/labels");
  EXPECT_EQ(AwaitMetric("rollcall_promql_queries_total{kind=\"instant\",outcome=\"answered\"}", 1),
            1);
  EXPECT_EQ(AwaitMetric("rollcall_promql_queries_total{kind=\"instant\",outcome=\"bad_data\"}", 1),
            1);
  EXPECT_EQ(
      AwaitMetric("rollcall_promql_queries_total{kind=\"label-names\",outcome=\"answered\"}", 1),
      1);
  EXPECT_GT(private_->Metric("rollcall_promql_samples_total{kind=\"instant\"}"), 0);
  EXPECT_EQ(private_->Metric("rollcall_promql_seconds_count{kind=\"instant\"}"), 2);
}

}  // namespace
}  // namespace rollcall::test
