// What watches rollcall: its metrics, the alerts and the dashboard that packaging has for them.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <fstream>
#include <nlohmann/json.hpp>
#include <regex>
#include <set>
#include <string>

#include "tests/e2e/rollcall_process.h"
#include "tests/support/file_tree.h"
#include "tests/support/temp_dir.h"

namespace rollcall::test {
namespace {

const std::string kMonitoring = ROLLCALL_SOURCE_DIR "/packaging/monitoring/";

// Runs promtool; what it says is shown where it fails.
void ExpectPromtool(const std::string& arguments, const std::string& directory) {
  ChildOptions options;
  options.args = {"/bin/sh", "-c", "promtool " + arguments};
  options.working_directory = directory;
  ChildProcess process(options);
  EXPECT_EQ(process.Wait(), 0) << process.out() << process.err();
}

class MonitoringTest : public ::testing::Test {
 protected:
  // With all that has metrics of its own.
  RollcallProcess Serve() const {
    return RollcallProcess(RollcallProcess::Serving(
        dir_.path() + "/data", {"--records", "--forward-url", "http://127.0.0.1:1/", "--backup-dir",
                                dir_.path() + "/backups"}));
  }

  TempDir dir_;
};

TEST_F(MonitoringTest, TheMetricsKeepTheConventionsAndHaveAllThatAlertsAndDashboardName) {
  RollcallProcess rollcall = Serve();
  ASSERT_EQ(rollcall.Public().Post("c1", "cozy_cluster_info 1\n").status, 200);
  for (int i = 0; i < 6'000; ++i) {
    if (rollcall.Private().Metric("rollcall_backup_size_bytes") > 0) break;
    std::this_thread::sleep_for(std::chrono::milliseconds(10));
  }
  const std::string metrics = rollcall.Private().Get("/metrics").body;
  std::ofstream(dir_.path() + "/metrics.txt") << metrics;
  ExpectPromtool("check metrics < metrics.txt", dir_.path());

  std::set<std::string> named;
  const std::regex name("rollcall_[a-z_]+");
  for (const char* const file : {"rules.yml", "dashboard.json"}) {
    const std::string text = FileBytes(kMonitoring + file);
    const size_t before = named.size();
    for (std::sregex_iterator at(text.begin(), text.end(), name), end; at != end; ++at) {
      named.insert(at->str());
    }
    EXPECT_GT(named.size(), before) << file;
  }
  for (const std::string& one : named) {
    // A histogram by its own name, or one of its samples.
    EXPECT_TRUE(metrics.find("\n" + one + "{") != std::string::npos ||
                metrics.find("\n" + one + " ") != std::string::npos ||
                metrics.find("# TYPE " + one + " ") != std::string::npos)
        << one;
  }
}

TEST_F(MonitoringTest, TheAlertsAreRulesAndFireWhenTheyShould) {
  ExpectPromtool("check rules rules.yml", kMonitoring);
  ExpectPromtool("test rules rules_test.yml", kMonitoring);
}

TEST_F(MonitoringTest, ThePanelsOfTheDashboardDoNotOverlap) {
  const nlohmann::json dashboard = nlohmann::json::parse(FileBytes(kMonitoring + "dashboard.json"));
  std::set<std::pair<int, int>> taken;
  std::set<int> ids;
  for (const auto& panel : dashboard.at("panels")) {
    EXPECT_TRUE(ids.insert(panel.at("id").get<int>()).second);
    const auto& place = panel.at("gridPos");
    EXPECT_LE(place.at("x").get<int>() + place.at("w").get<int>(), 24);
    for (int x = 0; x < place.at("w"); ++x) {
      for (int y = 0; y < place.at("h"); ++y) {
        EXPECT_TRUE(
            taken.emplace(place.at("x").get<int>() + x, place.at("y").get<int>() + y).second)
            << panel.at("title");
      }
    }
  }
  EXPECT_GT(ids.size(), 10U);
}

TEST_F(MonitoringTest, TheLogIsJsonWhereThatIsWanted) {
  RollcallProcess rollcall(
      RollcallProcess::Serving(dir_.path() + "/data", {"--log-format", "json"}));
  EXPECT_EQ(rollcall.Stop(), 0);
  std::istringstream lines(rollcall.process().err());
  int count = 0;
  for (std::string line; std::getline(lines, line); ++count) {
    const auto json = nlohmann::json::parse(line);
    EXPECT_EQ(json.size(), 3U);
    EXPECT_TRUE(json.contains("time") && json.contains("level") && json.contains("message"));
  }
  EXPECT_GE(count, 3);
}

}  // namespace
}  // namespace rollcall::test
