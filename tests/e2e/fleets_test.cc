// Several fleets in one process: what is answered stays through kills and changes of the
// declarations, and a real product that was never heard of in the code reports for itself.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <atomic>
#include <chrono>
#include <filesystem>
#include <fstream>
#include <future>
#include <map>
#include <nlohmann/json.hpp>
#include <regex>
#include <string>
#include <thread>
#include <vector>

#include "tests/e2e/rollcall_process.h"
#include "tests/support/await.h"
#include "tests/support/loopback_server.h"
#include "tests/support/temp_dir.h"

namespace rollcall::test {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::Not;
using Json = nlohmann::json;

constexpr const char* kSyncthing = ROLLCALL_SOURCE_DIR "/packaging/fleets/syncthing.json";

std::string MyApp(const std::string& more_figures = "") {
  return R"({"name":"myapp","about":"x",
    "reports":{"format":"prometheus","path":"/myapp","id_header":"X-Install-ID"},
    "counted":{"metric":"up","name":"installations"},
    "metrics":{"up":{"description":"x","labels":{"version":"x"}},"users":{"description":"x"}},
    "figures":[{"name":"users","metric":"users"})" +
         more_figures + "]}";
}

class FleetsTest : public ::testing::Test {
 protected:
  std::string DataDir() const { return dir_.path() + "/data"; }
  std::string File() const { return dir_.path() + "/myapp.json"; }
  void Write(const std::string& text) const { std::ofstream(File()) << text; }
  ChildOptions Serving(const std::string& fleets) const {
    return RollcallProcess::Serving(DataDir(), {"--fleets", fleets});
  }
  // The running month's counts of a fleet.
  static Json MonthOf(const RollcallProcess& rollcall, const std::string& fleet) {
    const Json overview =
        Json::parse(rollcall.Public().Get("/api/v1/overview?fleet=" + fleet).body, nullptr, false);
    return overview["periods"]["month"]["figures"];
  }
  static int Post(const RollcallProcess& rollcall, const std::string& id, const std::string& body) {
    return rollcall.Public().PostBare(body, "X-Install-ID: " + id + "\r\n", "/myapp").status;
  }

  TempDir dir_;
};

TEST_F(FleetsTest, AFleetThatIsRemovedAndComesBackHasItsHistory) {
  Write(MyApp());
  {
    RollcallProcess rollcall(Serving("cozystack," + File()));
    EXPECT_EQ(Post(rollcall, "a", "up 1\nusers 3\n"), 200);
    EXPECT_EQ(rollcall.Stop(), 0);
  }
  {
    RollcallProcess rollcall(Serving("cozystack"));
    EXPECT_TRUE(rollcall.process().AwaitErr("fleet myapp: not declared"));
    EXPECT_EQ(Post(rollcall, "b", "up 1\n"), 404);
    EXPECT_EQ(rollcall.Public().Get("/api/v1/overview?fleet=myapp").status, 400);
    EXPECT_EQ(rollcall.Stop(), 0);
  }
  EXPECT_EQ(Verify(DataDir()), "");
  RollcallProcess rollcall(Serving(File()));
  EXPECT_EQ(MonthOf(rollcall, "myapp")["installations"]["value"], 1);
  EXPECT_EQ(MonthOf(rollcall, "myapp")["total_users"]["value"], 3);
  EXPECT_EQ(rollcall.Stop(), 0);
}

TEST_F(FleetsTest, OnSighupTheFilesAreReadAgainAndABadOneLeavesTheOldInForce) {
  Write(MyApp());
  RollcallProcess rollcall(Serving("cozystack," + File()));
  EXPECT_EQ(Post(rollcall, "a", "up{version=\"v1\"} 1\nusers 3\n"), 200);
  rollcall.process().Signal(SIGHUP);
  EXPECT_TRUE(rollcall.process().AwaitErr("SIGHUP: no declaration has changed"));
  Write("{\"name\": 7");
  rollcall.process().Signal(SIGHUP);
  EXPECT_TRUE(rollcall.process().AwaitErr("SIGHUP: the fleets stay as they are: " + File()));
  EXPECT_EQ(Post(rollcall, "b", "up{version=\"v1\"} 1\n"), 200);
  Write(MyApp(R"(,{"name":"ones","metric":"up","where":{"version":"v1"}})"));
  rollcall.process().Signal(SIGHUP);
  EXPECT_TRUE(rollcall.process().AwaitErr("in force"));
  EXPECT_EQ(Post(rollcall, "c", "up{version=\"v2\"} 1\n"), 200);
  EXPECT_EQ(MonthOf(rollcall, "myapp")["installations"]["value"], 3);
  EXPECT_EQ(MonthOf(rollcall, "myapp")["total_ones"]["value"], 2) << "stored before it was asked";
  EXPECT_EQ(rollcall.Stop(), 0);
  EXPECT_EQ(Verify(DataDir()), "");
}

TEST_F(FleetsTest, ABadDeclarationIsNoStart) {
  const auto refusal = [this](const std::string& fleets) {
    const Finished run = RunToEnd(Serving(fleets));
    EXPECT_EQ(run.code, 2);
    return run.err;
  };
  Write(R"({"name":"myapp","about":7})");
  EXPECT_THAT(refusal("cozystack," + File()), HasSubstr(File() + ": /about: 7 stands there"));
  EXPECT_THAT(refusal("cozystack,cozystack"), HasSubstr("both declare the fleet cozystack"));
  EXPECT_THAT(refusal("nothing-of-that-name"), HasSubstr("nothing-of-that-name"));
  EXPECT_THAT(refusal(","), HasSubstr("--fleets"));
  EXPECT_NE(access(DataDir().c_str(), F_OK), 0) << "nothing was made";
}

// What each sender was answered 200 for is a report with a number of its own.
TEST_F(FleetsTest, WhatThreeFleetsWereAnsweredIsThereAfterEachKill) {
  Write(MyApp());
  constexpr int kRounds = 4;
  constexpr int kAnswers = 60;  // of each fleet in a round
  std::vector<int> answered(3);
  for (int round = 0; round < kRounds; ++round) {
    RollcallProcess rollcall(Serving("cozystack,coroot," + File()));
    std::vector<std::atomic<int>> answers(3);
    std::atomic<bool> stop{false};
    std::vector<std::thread> senders;
    for (int fleet = 0; fleet < 3; ++fleet) {
      senders.emplace_back([&, fleet] {
        HttpClient client = rollcall.Public();
        while (!stop) {
          const std::string id = "s" + std::to_string(answered[fleet] + 1);
          const int status =
              fleet == 0 ? client.Post(id, "cozy_cluster_info 1\n").status
              : fleet == 1
                  ? client
                        .PostBare(R"({"instance":{"uuid":")" + id + "\"}}", "",
                                  "/ce/usage-statistics")
                        .status
                  : client.PostBare("up 1\n", "X-Install-ID: " + id + "\r\n", "/myapp").status;
          if (status != 200) return;
          ++answered[fleet];
          ++answers[fleet];
          answers[fleet].notify_all();
        }
      });
    }
    for (std::atomic<int>& of_fleet : answers) {
      for (int now = of_fleet; now < kAnswers; now = of_fleet) of_fleet.wait(now);
    }
    rollcall.Kill();
    stop = true;
    for (std::thread& sender : senders) sender.join();
  }
  EXPECT_EQ(Verify(DataDir()), "");
  RollcallProcess rollcall(Serving("cozystack,coroot," + File()));
  const char* const names[] = {"cozystack", "coroot", "myapp"};
  const char* const counted[] = {"clusters", "instances", "installations"};
  for (int fleet = 0; fleet < 3; ++fleet) {
    const int stored = MonthOf(rollcall, names[fleet])[counted[fleet]]["value"];
    // The last request of a round may be stored and not answered.
    EXPECT_GE(stored, answered[fleet]) << names[fleet];
    EXPECT_LE(stored, answered[fleet] + 1) << names[fleet];
    EXPECT_GE(answered[fleet], kRounds * kAnswers);
  }
  EXPECT_EQ(rollcall.Stop(), 0);
}

// Each with a closed month, which the jobs count.
TEST_F(FleetsTest, VerifyAgreesWithTheCountsOfFiveFleets) {
  Write(MyApp());
  const std::string other = dir_.path() + "/other.json";
  std::ofstream(other) << std::regex_replace(MyApp(), std::regex("myapp"), "other");
  const std::string fleets =
      "cozystack,coroot," + std::string(kSyncthing) + "," + File() + "," + other;
  const std::map<std::string, std::string> series{
      {"cozystack", "cozy_cluster_info{cluster_id=\"a\"}"},
      {"coroot", "coroot_instance{instance_uuid=\"a\"}"},
      {"syncthing", "syncthing_info{unique_id=\"a\",version=\"v1\"}"},
      {"myapp", "up{source_id=\"a\",version=\"v1\"}"},
      {"other", "up{source_id=\"a\",version=\"v1\"}"}};
  const auto milliseconds = std::chrono::duration_cast<std::chrono::milliseconds>(
      std::chrono::system_clock::now().time_since_epoch() - std::chrono::days(40));
  {
    RollcallProcess rollcall(Serving(fleets));
    for (const auto& [name, one] : series) {
      EXPECT_EQ(rollcall.Private()
                    .PostBare(one + " 1 " + std::to_string(milliseconds.count()) + "\n", "",
                              "/api/v1/import/prometheus?fleet=" + name)
                    .status,
                200);
    }
    HttpClient metrics = rollcall.Private();
    const std::string runs = "rollcall_job_runs_total{job=\"tallies\",result=\"ok\"}";
    const double before = metrics.Metric(runs);
    const auto deadline = std::chrono::steady_clock::now() + std::chrono::minutes(2);
    while (metrics.Metric(runs) < before + 2 && std::chrono::steady_clock::now() < deadline) {
      std::this_thread::sleep_for(std::chrono::milliseconds(100));
    }
    EXPECT_EQ(rollcall.Stop(), 0);
  }
  const Finished verify = RunToEnd({"verify", "--data-dir", DataDir(), "--fleets", fleets});
  EXPECT_EQ(verify.code, 0) << verify.out << verify.err;
  std::smatch periods;
  ASSERT_TRUE(std::regex_search(verify.out, periods, std::regex("([0-9]+) periods"))) << verify.out;
  EXPECT_GE(std::stoi(periods[1]), 5 * 3) << verify.out;
  EXPECT_THAT(verify.out, HasSubstr("; 0 differences"));
}

TEST_F(FleetsTest, WhatIsForwardedOfAJsonFleetIsItsSeriesAndNothingUndeclared) {
  std::promise<std::string> sent;
  LoopbackServer receiver([&](Connection& connection, const std::string& head) {
    const std::string length = "Content-Length: ";
    sent.set_value(connection.Receive(std::stoul(head.substr(head.find(length) + length.size()))));
    connection.Send("HTTP/1.1 204 No Content\r\nContent-Length: 0\r\n\r\n");
    connection.AwaitClose();
  });
  RollcallProcess rollcall(RollcallProcess::Serving(
      DataDir(), {"--fleets", "coroot", "--forward-url", receiver.Url("/import")}));
  EXPECT_EQ(rollcall.Public()
                .PostBare(R"({"instance":{"uuid":"u1","version":"1.2"},"secret":{"x":1}})", "",
                          "/ce/usage-statistics")
                .status,
            200);
  const std::string body = sent.get_future().get();
  EXPECT_THAT(body, HasSubstr("coroot_instance{instance_uuid=\"u1\"} 1 "));
  EXPECT_THAT(body, HasSubstr("coroot_version{instance_uuid=\"u1\",version=\"1.2\"} 1 "));
  EXPECT_THAT(body, Not(HasSubstr("secret")));
  EXPECT_EQ(rollcall.Stop(), 0);
}

// A Syncthing of Debian's, which talks to nobody but this server.
class Syncthing {
 public:
  Syncthing(const std::string& home, int port) : process_(OptionsFor(home, port)) {}

 private:
  static ChildOptions OptionsFor(const std::string& home, int port) {
    std::filesystem::create_directories(home + "/folder");
    std::ofstream(home + "/config.xml") << R"(<configuration version="36">
  <folder id="one" label="one" path=")" << home
                                        << R"(/folder" type="sendreceive"/>
  <folder id="two" label="two" path=")" << home
                                        << R"(/folder2" type="receiveonly"/>
  <gui enabled="true"><address>)" << home
                                        << R"(/gui.sock</address></gui>
  <options>
    <listenAddress>tcp://127.0.0.1:0</listenAddress>
    <globalAnnounceEnabled>false</globalAnnounceEnabled>
    <localAnnounceEnabled>false</localAnnounceEnabled>
    <relaysEnabled>false</relaysEnabled>
    <natEnabled>false</natEnabled>
    <crashReportingEnabled>false</crashReportingEnabled>
    <autoUpgradeIntervalH>0</autoUpgradeIntervalH>
    <releasesURL></releasesURL>
    <stunKeepaliveStartS>0</stunKeepaliveStartS>
    <startBrowser>false</startBrowser>
    <urAccepted>3</urAccepted>
    <urSeen>3</urSeen>
    <urUniqueID>tQ7D2Eec</urUniqueID>
    <urURL>http://127.0.0.1:)" << port << R"(/newdata</urURL>
    <urInitialDelayS>1</urInitialDelayS>
  </options>
</configuration>
)";
    ChildOptions options;
    options.args = {"/usr/bin/syncthing", "serve",        "--home=" + home,     "--no-browser",
                    "--no-restart",       "--no-upgrade", "--skip-port-probing"};
    // Else it is a monitor, which is killed with the test, and a child of that, which is not.
    options.variables = {{"HOME", home}, {"STNOUPGRADE", "1"}, {"STMONITORED", "yes"}};
    return options;
  }

  ChildProcess process_;
};

TEST_F(FleetsTest, DebiansSyncthingReportsForRealAndIsCountedByVersionPlatformAndFolders) {
  RollcallProcess rollcall(Serving("cozystack," + std::string(kSyncthing)));
  const Syncthing syncthing(dir_.path() + "/syncthing", rollcall.public_port());
  HttpClient metrics = rollcall.Private();
  const std::string reports = "rollcall_fleet_reports{fleet=\"syncthing\"}";
  const auto deadline = std::chrono::steady_clock::now() + std::chrono::minutes(2);
  while (metrics.Metric(reports) < 1 && std::chrono::steady_clock::now() < deadline) {
    std::this_thread::sleep_for(std::chrono::milliseconds(100));
  }
  ASSERT_GE(metrics.Metric(reports), 1);
  EXPECT_EQ(MonthOf(rollcall, "syncthing")["installations"]["value"], 1);
  EXPECT_EQ(MonthOf(rollcall, "syncthing")["total_folders"]["value"], 2);
  const auto values = [&](const std::string& metric, const std::string& label) {
    const std::string target =
        "/api/v1/breakdown?fleet=syncthing&metric=" + metric + "&by=" + label;
    std::vector<std::string> found;
    const Json json = Json::parse(rollcall.Public().Get(target).body, nullptr, false);
    for (const Json& value : json["values"]) {
      if (value["sum"] != 0) found.push_back(value["value"]);
    }
    return found;
  };
  const Finished version = RunToEnd(ChildOptions{{"/usr/bin/syncthing", "--version"}, {}, {}, {}});
  const std::string name = version.out.substr(10, version.out.find(' ', 10) - 10);
  // The numbers of a running period may be seconds old.
  EXPECT_TRUE(Await([&] { return !values("syncthing_info", "version").empty(); }));
  EXPECT_THAT(values("syncthing_info", "version"), ElementsAre(name));
  EXPECT_THAT(values("syncthing_info", "platform"), ElementsAre(::testing::StartsWith("linux-")));
  EXPECT_THAT(values("syncthing_folder_type", "type"), ::testing::Contains("receiveonly"));
  EXPECT_EQ(rollcall.Stop(), 0);
}

}  // namespace
}  // namespace rollcall::test
