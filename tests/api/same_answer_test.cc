// One history in our own store and in a real VictoriaMetrics: both overviews say the same, to the
// byte, in every month.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <map>
#include <nlohmann/json.hpp>
#include <random>
#include <set>

#include "tests/support/server_harness.h"
#include "tests/support/victoria_metrics.h"

namespace rollcall::test {
namespace {

using ::testing::HasSubstr;
using Json = nlohmann::json;

constexpr char kFirst[] = "2024-05";  // the history's first month
constexpr int kMonths = 16;

// Clusters that join, upgrade, grow, shrink, fall silent and leave, in lines of text with
// timestamps. Samples keep off the first and the last second of a month, where the two count
// differently.
class History {
 public:
  explicit History(uint32_t seed) : random_(seed) {
    for (size_t i = 0; i < 30; ++i) clusters_.push_back(NewCluster(i));
  }

  // Up to `end`.
  std::string Lines(UnixSeconds end) {
    std::string lines;
    for (Cluster& cluster : clusters_) {
      const UnixSeconds leaves = std::min(end, cluster.leaves);
      UnixSeconds at = cluster.joins;
      while (at < leaves) {
        const Month month = Month::Of(at);
        if (at > month.Start() && at < month.Plus(1).Start() - std::chrono::seconds(1)) {
          Change(cluster);
          Report(cluster, at, lines);
        }
        // Some dwell within the hour, some are away for months.
        at += std::chrono::seconds(Below(40) == 0 ? 86'400 * (20 + Below(70))
                                                  : 600 + Below(2 * 86'400));
      }
    }
    return lines;
  }

 private:
  struct Cluster {
    std::string id;
    UnixSeconds joins, leaves;
    size_t kernel = 0;
    size_t version = 0;
    std::map<std::string, double> nodes;  // by os
    std::map<std::string, double> apps;   // by kind
    bool odd = false;
  };

  size_t Below(size_t n) { return random_() % n; }

  Cluster NewCluster(size_t i) {
    Cluster cluster;
    cluster.id = "c" + std::to_string(i) + "-7a1c0f3e";
    const UnixSeconds first = Month::Parse(kFirst)->Start();
    cluster.joins = first + std::chrono::seconds(Below(86'400 * 200) + 2);
    cluster.leaves = first + std::chrono::hours(24 * (i % 3 == 0 ? 150 + Below(200) : 1000));
    cluster.nodes["linux (Talos (v1.8.4))"] = static_cast<double>(1 + Below(9));
    cluster.apps["Tenant"] = static_cast<double>(Below(5));
    cluster.odd = i % 5 == 0;
    return cluster;
  }

  void Change(Cluster& cluster) {
    if (Below(25) == 0) ++cluster.kernel;
    if (Below(30) == 0) ++cluster.version;
    if (Below(60) == 0) cluster.nodes["debian \"" + std::to_string(Below(3)) + "\" \\"] = 2.25;
    if (Below(60) == 0 && cluster.nodes.size() > 1) cluster.nodes.erase(cluster.nodes.begin());
    for (auto& [os, count] : cluster.nodes) {
      if (Below(15) == 0) count = static_cast<double>(Below(120)) / (cluster.odd ? 4 : 1);
    }
    if (Below(20) == 0) cluster.apps["Kind" + std::to_string(Below(25))] = 0;
    if (Below(40) == 0 && cluster.apps.size() > 1) cluster.apps.erase(cluster.apps.begin());
    for (auto& [kind, count] : cluster.apps) {
      if (Below(12) == 0) count = static_cast<double>(Below(30));
    }
  }

  void Report(const Cluster& cluster, UnixSeconds at, std::string& lines) {
    const std::string end =
        " " + std::to_string(at.time_since_epoch().count() * 1000 + Below(1000)) + "\n";
    const std::string id = "{cluster_id=\"" + cluster.id + "\"";
    const auto add = [&](const std::string& metric, const std::string& labels, double value) {
      char number[64];
      std::snprintf(number, sizeof number, "} %.17g", value);
      lines.append(metric).append(id).append(labels).append(number).append(end);
    };
    if (Below(2) == 0) {
      add("cozy_cluster_info", ",cozystack_version=\"v0." + std::to_string(cluster.version) + "\"",
          cluster.odd ? 0 : 1);
      for (const auto& [os, count] : cluster.nodes) {
        add("cozy_nodes_count",
            ",os=" + Quoted(os) + ",kernel=\"6." + std::to_string(cluster.kernel) + "\"", count);
      }
      add("cozy_pvs_count", ",size=\"5Gi\"", 7);
    } else {
      for (const auto& [kind, count] : cluster.apps) {
        add("cozy_application_count", ",kind=" + Quoted(kind), count);
      }
      if (cluster.odd) add("cozy_application_count", "", 3);
    }
  }

  static std::string Quoted(const std::string& text) {
    std::string quoted = "\"";
    for (const char c : text) {
      if (c == '"' || c == '\\') quoted += '\\';
      quoted += c;
    }
    return quoted + "\"";
  }

  std::mt19937 random_;
  std::vector<Cluster> clusters_;
};

// Two servers with one clock: one counts itself, the other asks VictoriaMetrics.
class SameAnswerTest : public ServerTest {
 protected:
  void SetUp() override {
    ServerTest::SetUp();
    api::ServerOptions options = options_;
    options.vmselect.url = vm_.Url("/prometheus");
    options.vmselect.snapshot_dir = remote_dir_.path() + "/snapshots";
    storage::StoreOptions store;
    store.directory = remote_dir_.path() + "/data";
    auto stores = storage::Stores::Open(store);
    ASSERT_TRUE(stores.ok()) << stores.status().message();
    auto remote =
        api::Server::Start(options, std::move(stores).value(), catalog_, clock_, remote_registry_);
    ASSERT_TRUE(remote.ok()) << remote.status().message();
    remote_ = std::move(remote).value();
    ask_remote_ = std::make_unique<HttpClient>(remote_->public_port());
  }
  void TearDown() override {
    ask_remote_.reset();
    if (remote_) remote_->Stop(std::chrono::seconds(20));
    ServerTest::TearDown();
  }

  void LoadIntoBoth(const std::string& lines) {
    ASSERT_EQ(vm_.Import(lines), 204);
    vm_.Flush();
    const Reply imported = private_->PostBare(lines, "", "/api/v1/import/prometheus");
    ASSERT_EQ(imported.status, 200) << imported.body;
  }
  static std::string Target(Month month) {
    return "/api/overview?year=" + std::to_string(month.year()) +
           "&month=" + std::to_string(month.month());
  }
  Reply Local(Month month) { return public_->Get(Target(month)); }
  Reply Remote(Month month) { return ask_remote_->Get(Target(month)); }

  VictoriaMetrics vm_;
  TempDir remote_dir_;
  metrics::Registry remote_registry_;
  std::unique_ptr<api::Server> remote_;
  std::unique_ptr<HttpClient> ask_remote_;
};

TEST_F(SameAnswerTest, EveryFieldOfEveryMonthIsTheSame) {
  const Month first = *Month::Parse(kFirst);
  const Month running = first.Plus(kMonths - 1);
  SetTime(running.ToString() + "-20 12:34:56");
  const std::string lines = History(20240501).Lines(clock_.Now());
  LoadIntoBoth(lines);
  ASSERT_FALSE(HasFatalFailure());

  size_t fields = 0;
  size_t differences = 0;
  std::set<std::string> distinct;
  // A month before the history, and some to come, fall back or have nothing.
  for (Month month = first.Plus(-1); month <= running.Plus(2); month = month.Plus(1)) {
    const Reply local = Local(month);
    const Reply remote = Remote(month);
    EXPECT_EQ(local.status, remote.status) << month.ToString();
    EXPECT_EQ(local.body, remote.body) << month.ToString();
    const Json ours = Json::parse(local.body).flatten();
    const Json theirs = Json::parse(remote.body).flatten();
    for (const auto& [name, value] : ours.items()) {
      ++fields;
      if (!theirs.contains(name) || theirs[name] != value) ++differences;
    }
    EXPECT_EQ(ours.size(), theirs.size());
    if (local.status == 200) distinct.insert(local.body);
  }
  EXPECT_EQ(differences, 0u);
  EXPECT_EQ(distinct.size(), static_cast<size_t>(kMonths)) << "each month has numbers of its own";
  EXPECT_GT(fields, 2000u);
  std::printf("%zu bytes of history, %d months: %zu fields compared, %zu differences\n",
              lines.size(), kMonths, fields, differences);
}

TEST_F(SameAnswerTest, ASampleOfAMonthsLastSecondIsInThatMonthHereAndInNoneThere) {
  const Month march = *Month::Parse("2025-03");
  const long long last_second = march.Plus(1).Start().time_since_epoch().count() - 1;
  const auto info = [](const std::string& id, long long milliseconds) {
    return "cozy_cluster_info{cluster_id=\"" + id + "\"} 1 " + std::to_string(milliseconds) + "\n";
  };
  SetTime("2025-04-20 00:00:00");
  LoadIntoBoth(info("inside", (last_second - 86'400) * 1000) +
               info("inside", (last_second + 86'400) * 1000) +
               info("late", last_second * 1000 + 500));
  const auto clusters = [](const Reply& reply) {
    const Json json = Json::parse(reply.body)["periods"];
    return std::to_string(json["month"]["clusters"].get<int>()) + " of " +
           std::to_string(json["quarter"]["clusters"].get<int>());
  };
  EXPECT_EQ(clusters(Local(march)), "2 of 2");
  EXPECT_EQ(clusters(Remote(march)), "1 of 1");
  EXPECT_EQ(clusters(Local(march.Plus(1))), "1 of 2");
  EXPECT_EQ(clusters(Remote(march.Plus(1))), "1 of 2") << "but a longer period has it";
}

TEST_F(SameAnswerTest, AVictoriaMetricsThatIsDownIsAnErrorThatNobodyRemembers) {
  const Month march = *Month::Parse("2025-03");
  SetTime("2025-04-20 00:00:00");
  const long long t = march.Start().time_since_epoch().count() * 1000 + 86'400'000;
  LoadIntoBoth("cozy_cluster_info{cluster_id=\"a\"} 1 " + std::to_string(t) + "\n");
  vm_.Stop();
  const Reply down = Remote(march);
  EXPECT_EQ(down.status, 503);
  EXPECT_EQ(down.body, "{\"error\":\"VictoriaMetrics does not answer as it should\"}\n");
  EXPECT_EQ(down.Header("retry-after"), "10");
  EXPECT_EQ(down.Header("access-control-allow-origin"), "*");
  EXPECT_EQ(ask_remote_->Get("/readyz").status, 200);
  EXPECT_EQ(Local(march).status, 200);
  EXPECT_FALSE(std::filesystem::exists(remote_dir_.path() + "/snapshots/2025-03.json"));
  vm_.Start();
  const Reply up = Remote(march);
  EXPECT_EQ(up.body, Local(march).body);
  EXPECT_EQ(up.status, 200);
  EXPECT_TRUE(std::filesystem::exists(remote_dir_.path() + "/snapshots/2025-03.json"));
  vm_.Stop();
  EXPECT_EQ(Remote(march).body, up.body) << "a closed month needs it no more";
}

}  // namespace
}  // namespace rollcall::test
