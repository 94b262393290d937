// PromQL as clients use it: promtool against a real server, and the dashboards of
// packaging/grafana, whose every expression gives on a demo fleet what a VictoriaMetrics with the
// same samples gives.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <chrono>
#include <cmath>
#include <fstream>
#include <iterator>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include <nlohmann/json.hpp>

#include "base/civil_time.h"
#include "tests/e2e/rollcall_process.h"
#include "tests/support/temp_dir.h"
#include "tests/support/victoria_metrics.h"

namespace rollcall::test {
namespace {

using ::testing::HasSubstr;

constexpr int64_t kDay = 86'400;

// The same whenever a test asks, though a day may end meanwhile.
int64_t Today() {
  static const int64_t today =
      std::chrono::floor<std::chrono::days>(SystemClock().Now()).time_since_epoch().count() * kDay;
  return today;
}

class PromqlProcessTest : public ::testing::Test {
 protected:
  std::string data() const { return dir_.path() + "/data"; }

  // Samples in Prometheus' text format, with times in milliseconds.
  void Import(const std::string& text) const {
    const std::string file = dir_.path() + "/history.txt";
    std::ofstream(file) << text;
    const Finished import = RunToEnd({"import", file, "--data-dir", data()});
    ASSERT_EQ(import.code, 0) << import.err;
  }

  // What `promtool query …` prints.
  static std::string Promtool(const std::string& arguments) {
    ChildOptions options;
    options.args = {"/bin/sh", "-c", "promtool " + arguments};
    ChildProcess process(options);
    EXPECT_EQ(process.Wait(), 0) << process.out() << process.err();
    return process.out();
  }

  TempDir dir_;
};

TEST_F(PromqlProcessTest, PromtoolQueriesIt) {
  const int64_t noon = Today() - kDay / 2;
  const std::string at = std::to_string(noon);
  Import("cozy_cluster_info{cluster_id=\"c1\",cozystack_version=\"v1\"} 1 " + at +
         "000\ncozy_nodes_count{cluster_id=\"c1\",os=\"Talos\"} 3 " + at + "000\n");
  RollcallProcess rollcall(RollcallProcess::Serving(data()));
  const std::string url = "http://127.0.0.1:" + std::to_string(rollcall.private_port()) + " ";
  EXPECT_EQ(Promtool("query instant --time=" + at + " " + url + "'cozy_nodes_count * 2'"),
            "{cluster_id=\"c1\", os=\"Talos\"} => 6 @[" + at + "]\n");
  EXPECT_EQ(Promtool("query range --start=" + at + " --end=" + std::to_string(noon + 120) +
                     " --step=60s " + url + "'sum(cozy_nodes_count)'"),
            "{} =>\n3 @[" + at + "]\n3 @[" + std::to_string(noon + 60) + "]\n3 @[" +
                std::to_string(noon + 120) + "]\n");
  EXPECT_EQ(Promtool("query series --match=cozy_cluster_info --start=" + at +
                     " --end=" + std::to_string(noon + 1) + " " + url),
            "{__name__=\"cozy_cluster_info\", cluster_id=\"c1\", cozystack_version=\"v1\"}\n");
  EXPECT_EQ(Promtool("query labels " + url + "cluster_id"), "c1\n");
  EXPECT_EQ(rollcall.Private().Get("/-/healthy").status, 200);
  EXPECT_EQ(rollcall.Private().Get("/-/ready").status, 200);
  EXPECT_EQ(rollcall.Stop(), 0);
}

// All series of an answer by their labels, and the values of each by time.
using Answer = std::map<std::string, std::map<double, double>>;

Answer Read(const std::string& body) {
  Answer answer;
  const auto json = nlohmann::json::parse(body, nullptr, false);
  EXPECT_TRUE(json.is_object() && json["status"] == "success") << body.substr(0, 500);
  if (!json.is_object() || !json.contains("data")) return answer;
  for (const auto& series : json["data"]["result"]) {
    auto& values = answer[series["metric"].dump()];
    const auto add = [&](const nlohmann::json& point) {
      values[point[0]] = std::stod(std::string(point[1]));
    };
    if (series.contains("value")) add(series["value"]);
    if (series.contains("values")) {
      for (const auto& point : series["values"]) add(point);
    }
  }
  return answer;
}

// "" where both are the same, but for the last bits of a quotient.
std::string Difference(const Answer& ours, const Answer& theirs) {
  for (const auto& [labels, values] : theirs) {
    const auto found = ours.find(labels);
    if (found == ours.end()) return "no " + labels;
    for (const auto& [time, value] : values) {
      const auto point = found->second.find(time);
      const std::string where = labels + " at " + std::to_string(time);
      if (point == found->second.end()) return "nothing of " + where;
      if (std::abs(point->second - value) > 1e-12 * std::abs(value)) {
        return where + ": " + std::to_string(point->second) + ", not " + std::to_string(value);
      }
    }
    if (values.size() != found->second.size()) return "other times of " + labels;
  }
  return ours.size() == theirs.size() ? "" : "more series";
}

struct Expression {
  std::string dashboard;
  std::string text;  // with the dashboard's variables
  bool is_instant = false;
};

std::vector<Expression> ExpressionsOf(const std::string& name) {
  std::ifstream file(ROLLCALL_SOURCE_DIR "/packaging/grafana/" + name);
  const auto json = nlohmann::json::parse(file, nullptr, false);
  std::vector<Expression> expressions;
  EXPECT_TRUE(json.is_object()) << name;
  for (const auto& panel : json["panels"]) {
    for (const auto& target : panel.value("targets", nlohmann::json::array())) {
      expressions.push_back({name, target["expr"], target.value("instant", false)});
    }
  }
  return expressions;
}

std::string Replace(std::string text, const std::string& what, const std::string& by) {
  for (size_t at = 0; (at = text.find(what, at)) != std::string::npos; at += by.size()) {
    text.replace(at, what.size(), by);
  }
  return text;
}

// A fleet of a hundred days, half of whose clusters come or go meanwhile, which reports at noon
// exactly, so that no step's window has it on its edge.
std::string DailyReports() {
  std::string text;
  for (int day = 100; day > 0; --day) {
    const std::string time = " " + std::to_string(Today() - day * kDay + kDay / 2) + "000\n";
    for (int cluster = 0; cluster < 30; ++cluster) {
      const bool is_late = cluster % 4 == 1 && day > 3 * cluster;
      const bool has_left = cluster % 4 == 2 && day < 2 * cluster;
      if (is_late || has_left) continue;
      const std::string id = "cluster_id=\"c" + std::to_string(cluster) + "\"";
      const auto add = [&](const std::string& metric, const std::string& labels, int value) {
        text += metric + "{" + id + labels + "} " + std::to_string(value) + time;
      };
      add("cozy_cluster_info",
          ",cozystack_version=\"v1." + std::to_string((200 - day + cluster) / 40) +
              ".0\",kubernetes_version=\"v1.3" + std::to_string(cluster % 3) + "\"",
          1);
      for (const char* const os : {"Talos", "Debian"}) {
        add("cozy_nodes_count",
            std::string(",os=\"") + os + "\",kernel=\"6." + std::to_string(cluster % 5) + "\"",
            1 + cluster + 30 * ((cluster * 7 + day / 10) % 11));  // no two are equal
      }
      add("cozy_loadbalancers_count", "", cluster % 4);
      add("cozy_application_count", ",kind=\"Kafka\"", cluster % 3);
      add("cozy_application_count", ",kind=\"Postgres\"", 1 + day / 25);
      add("cozy_cluster_capacity", ",resource=\"cpu\"", 4 * cluster + 8);
      add("cozy_cluster_capacity", ",resource=\"memory\"", 1'073'741'824);
      add("cozy_pvs_count", ",driver=\"linstor\",size=\"5Gi\"", cluster);
      add("cozy_pvs_count", ",driver=\"nfs\",size=\"10Gi\"", 2);
      add("cozy_package_info", ",name=\"monitoring\",variant=\"default\"", 1);
      add("cozy_package_info", ",name=\"tenant\",variant=\"isolated\"", 1);
    }
  }
  return text;
}

TEST_F(PromqlProcessTest, EveryExpressionOfTheDashboardsGivesWhatVictoriaMetricsGives) {
  const std::string history = DailyReports();
  Import(history);
  VictoriaMetrics vm;
  ASSERT_EQ(vm.Import(history), 204);
  vm.Flush();
  RollcallProcess rollcall(RollcallProcess::Serving(data()));
  std::vector<Expression> expressions = ExpressionsOf("cozystack.json");
  EXPECT_EQ(expressions.size(), 13U) << "the reference's panels";
  for (const Expression& one : ExpressionsOf("counts.json")) expressions.push_back(one);
  EXPECT_GT(expressions.size(), 20U);
  for (const auto& [dashboard, text, is_instant] : expressions) {
    for (const char* const cluster : {".*", "c1|c2|c5"}) {
      const std::string query = Replace(Replace(text, "$cluster_id", cluster), "$window", "30d");
      const std::string asked = "query=" + VictoriaMetrics::Escape(query) +
                                (is_instant ? "&time=" + std::to_string(Today() - kDay)
                                            : "&start=" + std::to_string(Today() - 90 * kDay) +
                                                  "&end=" + std::to_string(Today() - kDay) +
                                                  "&step=" + std::to_string(kDay));
      const std::string path = is_instant ? "/api/v1/query" : "/api/v1/query_range";
      const auto ours =
          rollcall.Private().PostBare(asked, "Content-Type: application/x-www-form-urlencoded\r\n",
                                      "/select/0/prometheus" + path);
      const Answer answer = Read(ours.body);
      EXPECT_FALSE(answer.empty()) << query;
      // What it looks back for an instant query is 5 minutes: it would find nothing.
      const auto theirs = vm.Get(path + "?" + asked + (is_instant ? "&step=1d" : ""));
      EXPECT_EQ(Difference(answer, Read(theirs.body)), "") << dashboard << ": " << query;
    }
  }
  EXPECT_EQ(rollcall.Stop(), 0);
}

}  // namespace
}  // namespace rollcall::test
