// rollcall beside a real VictoriaMetrics: what was answered 200 is in both of them, whatever dies
// meanwhile.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <atomic>
#include <fstream>
#include <iostream>
#include <map>
#include <memory>
#include <nlohmann/json.hpp>
#include <set>
#include <sstream>
#include <string>
#include <thread>
#include <vector>

#include "base/civil_time.h"
#include "tests/e2e/rollcall_process.h"
#include "tests/support/stored_reports.h"
#include "tests/support/temp_dir.h"
#include "tests/support/victoria_metrics.h"

namespace rollcall::test {
namespace {

using ::testing::HasSubstr;

constexpr const char* kForwarded = "cozy_nodes_count";
constexpr int kForwarders = 4;
constexpr int kPhase = 500;  // answers

// A sender whose reports carry a number each. It posts to whichever server there is.
class SerialSender {
 public:
  explicit SerialSender(int number) : id_("sender-" + std::to_string(number)) {}

  // Until told to stop or the server is gone.
  void Post(int port, const std::atomic<bool>& stop, std::atomic<int>& answers) {
    HttpClient client(port);
    while (!stop) {
      ++serial_;
      const int status =
          client
              .Post(id_, "cozy_cluster_info{version=\"v1\"} 1\n" + std::string(kForwarded) + " " +
                             std::to_string(serial_) + "\n")
              .status;
      if (status != 200) return;
      answered_.push_back(serial_);
      ++answers;
      answers.notify_all();
    }
  }

  const std::string& id() const { return id_; }
  const std::vector<uint64_t>& answered() const { return answered_; }

 private:
  const std::string id_;
  uint64_t serial_ = 0;
  std::vector<uint64_t> answered_;
};

// source -> number -> how many times there are with it. A time that comes twice, because a request
// was sent again, counts once.
using Found = std::map<std::string, std::map<uint64_t, std::set<int64_t>>>;

Found FoundIn(const VictoriaMetrics& victoria) {
  Found found;
  std::istringstream lines(victoria.Export(kForwarded));
  for (std::string line; std::getline(lines, line);) {
    const nlohmann::json series = nlohmann::json::parse(line);
    const std::string id = series["metric"].value("cluster_id", "");
    for (size_t i = 0; i < series["values"].size(); ++i) {
      found[id][series["values"][i].get<uint64_t>()].insert(series["timestamps"][i].get<int64_t>());
    }
  }
  return found;
}

struct Stored {
  std::map<std::string, std::map<uint64_t, int64_t>> seconds;  // source -> number -> time
  uint64_t twice = 0;
};

Stored StoredIn(const std::string& data_dir) {
  Stored stored;
  ForEachStoredReport(data_dir, [&](const StoredReport& report) {
    const auto serial = report.series.find(kForwarded);
    if (serial == report.series.end()) return;
    const bool is_new =
        stored.seconds[report.source]
            .emplace(static_cast<uint64_t>(serial->second), report.time.time_since_epoch().count())
            .second;
    if (!is_new) ++stored.twice;
  });
  return stored;
}

class ForwardTest : public ::testing::Test {
 protected:
  std::unique_ptr<RollcallProcess> Serve(std::vector<std::string> more = {}) {
    more.insert(more.begin(), {"--forward-url", victoria_.ImportUrl()});
    return std::make_unique<RollcallProcess>(RollcallProcess::Serving(data_dir(), more));
  }
  std::string data_dir() const { return dir_.path() + "/data"; }

  // Waits until nothing is left to be forwarded.
  static bool AwaitDrained(const RollcallProcess& rollcall) {
    const auto deadline = std::chrono::steady_clock::now() + ChildProcess::kPatience;
    HttpClient client = rollcall.Private();
    while (client.Metric("rollcall_outbox_reports") != 0) {
      if (std::chrono::steady_clock::now() > deadline) return false;
      std::this_thread::sleep_for(std::chrono::milliseconds(10));
    }
    return true;
  }

  // Posts from all senders until there are `answers` more, then does `at_once` while they still
  // post.
  void PostUntil(int port, int answers, const std::function<void()>& at_once) {
    std::atomic<bool> stop{false};
    std::atomic<int> answered{0};
    std::vector<std::thread> threads;
    for (SerialSender& sender : senders_) {
      threads.emplace_back([&] { sender.Post(port, stop, answered); });
    }
    for (int seen = answered; seen < answers; seen = answered) answered.wait(seen);
    at_once();
    stop = true;
    for (std::thread& thread : threads) thread.join();
  }

  TempDir dir_;
  VictoriaMetrics victoria_;
  std::vector<SerialSender> senders_ = [] {
    std::vector<SerialSender> senders;
    for (int i = 0; i < kForwarders; ++i) senders.emplace_back(i);
    return senders;
  }();
};

TEST_F(ForwardTest, NothingIsLostWhileVictoriaMetricsIsDownAndRollcallIsKilled) {
  auto rollcall = Serve();
  PostUntil(rollcall->public_port(), kPhase, [&] { victoria_.Stop(); });
  PostUntil(rollcall->public_port(), kPhase, [&] { rollcall->Kill(); });
  rollcall = Serve();
  PostUntil(rollcall->public_port(), kPhase, [&] { rollcall->Kill(); });
  rollcall = Serve();
  EXPECT_GT(rollcall->Private().Metric("rollcall_outbox_reports"), kPhase);
  PostUntil(rollcall->public_port(), kPhase, [&] { victoria_.Start(); });
  // And in the middle of sending what waited.
  PostUntil(rollcall->public_port(), kPhase, [&] { rollcall->Kill(); });
  rollcall = Serve();
  PostUntil(rollcall->public_port(), 50, [] {});
  ASSERT_TRUE(AwaitDrained(*rollcall));
  EXPECT_EQ(rollcall->Private().Metric("rollcall_outbox_parked_reports"), 0);
  EXPECT_EQ(rollcall->Stop(), 0);
  EXPECT_EQ(Verify(data_dir()), "");

  victoria_.Flush();
  const Found found = FoundIn(victoria_);
  const Stored stored = StoredIn(data_dir());
  uint64_t accepted = 0;
  uint64_t in_store = 0;
  uint64_t forwarded = 0;
  uint64_t forwarded_twice = 0;
  uint64_t other_times = 0;
  for (const SerialSender& sender : senders_) {
    for (const uint64_t serial : sender.answered()) {
      ++accepted;
      const auto& seconds = stored.seconds.at(sender.id());
      const auto kept = seconds.find(serial);
      if (kept != seconds.end()) ++in_store;
      const auto& numbers = found.at(sender.id());
      const auto times = numbers.find(serial);
      if (times == numbers.end()) continue;
      ++forwarded;
      if (times->second.size() > 1) ++forwarded_twice;
      if (kept != seconds.end() && *times->second.begin() / 1000 != kept->second) ++other_times;
    }
  }
  std::cout << "accepted " << accepted << ", stored " << in_store << ", forwarded " << forwarded
            << ", lost " << accepted - forwarded << ", stored twice " << stored.twice
            << ", forwarded twice " << forwarded_twice << "\n";
  EXPECT_GE(accepted, 5U * kPhase);
  EXPECT_EQ(in_store, accepted);
  EXPECT_EQ(forwarded, accepted);
  EXPECT_EQ(stored.twice, 0U);
  EXPECT_EQ(forwarded_twice, 0U);
  EXPECT_EQ(other_times, 0U);
}

TEST_F(ForwardTest, WhatIsForwardedIsWhatVictoriaMetricsTakes) {
  auto rollcall = Serve();
  const std::string body =
      "cozy_a{z=\"1\",b=\"say \\\"hi\\\"\\n\\\\\"} 2.5\ncozy_b +Inf\ncozy_c -Inf\ncozy_d NaN\n"
      "{\"dotted.name\",\"label.name\"=\"x\",\"cluster id\"=\"forged\"} 1e22\n"
      "cozy_e{cluster_id=\"forged\"} -1.5\n";
  EXPECT_EQ(rollcall->Public().Post("c1", body).status, 200);
  ASSERT_TRUE(AwaitDrained(*rollcall));
  victoria_.Flush();
  std::map<std::string, std::string> series;
  std::istringstream lines(victoria_.Export("{__name__!=\"\"}"));
  for (std::string line; std::getline(lines, line);) {
    const size_t end = line.find(",\"timestamps\"");
    series[line.substr(0, end)];
  }
  std::vector<std::string> names;
  for (const auto& [text, nothing] : series) names.push_back(text);
  EXPECT_THAT(
      names,
      ::testing::UnorderedElementsAre(
          R"({"metric":{"__name__":"cozy_a","b":"say \"hi\"\n\\","cluster_id":"c1","z":"1"},"values":[2.5])",
          R"({"metric":{"__name__":"cozy_b","cluster_id":"c1"},"values":[+Inf])",
          R"({"metric":{"__name__":"cozy_c","cluster_id":"c1"},"values":[-Inf])",
          R"({"metric":{"__name__":"dotted.name","cluster_id":"c1","label.name":"x"},"values":[10000000000000000000000])",
          R"({"metric":{"__name__":"cozy_e","cluster_id":"c1"},"values":[-1.5])"));
}

TEST_F(ForwardTest, WithoutAStoreReportsAreForwardedAndNothingIsCounted) {
  auto rollcall = Serve({"--no-store"});
  HttpClient client = rollcall->Public();
  for (int i = 1; i <= 3; ++i) {
    EXPECT_EQ(client.Post("c1", "cozy_cluster_info 1\ncozy_nodes_count " + std::to_string(i) + "\n")
                  .status,
              200);
  }
  EXPECT_EQ(client.Post("c1", "cozy_nodes_count\n").status, 400);
  EXPECT_EQ(client.Post("c1", "# nothing\n").status, 200);
  const HttpClient::Reply overview = client.Get("/api/overview?year=2026&month=3");
  EXPECT_EQ(overview.status, 503);
  EXPECT_THAT(overview.body, HasSubstr("no telemetry data available"));
  ASSERT_TRUE(AwaitDrained(*rollcall));
  EXPECT_EQ(rollcall->Private().Metric("rollcall_reports_total{outcome=\"forward_only\"}"), 3);
  EXPECT_EQ(rollcall->Private().Metric("rollcall_sources"), 0);
  EXPECT_EQ(rollcall->Stop(), 0);
  EXPECT_TRUE(StoredIn(data_dir()).seconds.empty());
  victoria_.Flush();
  EXPECT_EQ(FoundIn(victoria_)["c1"].size(), 3U);
}

// How the chart of the server that rollcall replaces starts it: no command, one dash or two.
TEST_F(ForwardTest, TheArgumentsOfTheExistingServerStartIt) {
  const Month now = Month::Of(SystemClock().Now());
  const std::string target =
      "/api/overview?year=" + std::to_string(now.year()) + "&month=" + std::to_string(now.month());
  const std::string body = std::string("cozy_cluster_info 1\n") + kForwarded + " 1\n";
  int clusters = 0;
  for (const char* const dash : {"-", "--"}) {
    ChildOptions options =
        RollcallOptions({std::string(dash) + "forward-url=" + victoria_.ImportUrl(),
                         std::string(dash) + "listen-addr=127.0.0.1:0",
                         std::string(dash) + "vmselect-url=" + victoria_.Url("/prometheus"),
                         std::string(dash) + "snapshot-dir=" + dir_.path() + "/snapshots"});
    options.variables["ROLLCALL_DATA_DIR"] = dir_.path() + "/drop-in" + dash;
    RollcallProcess rollcall(options);
    EXPECT_EQ(rollcall.Public().Post(std::string("by") + dash, body).status, 200);
    EXPECT_TRUE(AwaitDrained(rollcall));
    victoria_.Flush();
    // What is received within a second is found by a query of the next.
    const std::string expected = "\"clusters\":" + std::to_string(++clusters) + ",";
    const auto deadline = std::chrono::steady_clock::now() + std::chrono::seconds(30);
    HttpClient::Reply overview;
    do {
      overview = rollcall.Public().Get(target);
    } while (overview.body.find(expected) == std::string::npos &&
             std::chrono::steady_clock::now() < deadline);
    EXPECT_THAT(overview.body, HasSubstr(expected));
    EXPECT_EQ(rollcall.Stop(), 0);
  }
  EXPECT_EQ(FoundIn(victoria_).size(), 2U);
}

TEST_F(ForwardTest, APasswordThatChangesIsTakenFromItsFile) {
  const VictoriaMetrics guarded({"-httpAuth.username=rollcall", "-httpAuth.password=second"});
  const std::string file = dir_.path() + "/password";
  std::ofstream(file) << "first\n";
  RollcallProcess rollcall(RollcallProcess::Serving(
      data_dir(), {"--forward-url", guarded.ImportUrl(), "--forward-username", "rollcall",
                   "--forward-password-file", file}));
  EXPECT_EQ(rollcall.Public().Post("c1", "cozy_nodes_count 1\n").status, 200);
  ASSERT_TRUE(rollcall.process().AwaitErr("HTTP 401"));
  EXPECT_EQ(rollcall.Private().Metric("rollcall_outbox_reports"), 1);
  std::ofstream(file) << "second\n";
  EXPECT_TRUE(AwaitDrained(rollcall));
  EXPECT_EQ(rollcall.Stop(), 0);
}

TEST_F(ForwardTest, AMissingFileOfCredentialsIsToldAtTheStart) {
  const Finished run = RunToEnd(RollcallProcess::Serving(
      data_dir(), {"--forward-url", victoria_.ImportUrl(), "--forward-bearer-token-file",
                   dir_.path() + "/nowhere"}));
  EXPECT_EQ(run.code, 1);
  EXPECT_EQ(run.err, "rollcall serve: forward: read " + dir_.path() +
                         "/nowhere: it is not there, or not readable\n");
}

}  // namespace
}  // namespace rollcall::test
