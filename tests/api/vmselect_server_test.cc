// A server whose overviews come from elsewhere: from a VictoriaMetrics that fails or is silent, or
// from snapshots of months before its own.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <atomic>
#include <fstream>
#include <mutex>
#include <thread>

#include "tests/support/loopback_server.h"
#include "tests/support/server_harness.h"

namespace rollcall::test {
namespace {

using test::Answer;
using test::Connection;
using test::LoopbackServer;
using ::testing::HasSubstr;

const std::string kNothing = R"({"status":"success","data":{"resultType":"vector","result":[]}})";
const std::string kSeven =
    R"({"status":"success","data":{"resultType":"vector","result":[{"metric":{},"value":[1,"7"]}]}})";

class VmselectServerTest : public ServerTest {
 protected:
  void SetUp() override {
    options_.vmselect.url = vm_.Url("");
    Start();
  }

  using Says = std::function<std::string(const std::string& head)>;

  // What VictoriaMetrics answers to a request's head from now on; silent where that is empty.
  void VictoriaMetricsSays(Says says) {
    const std::lock_guard lock(mutex_);
    says_ = std::move(says);
  }

  std::atomic<int> asked_{0};
  std::mutex mutex_;
  Says says_ = [](const std::string&) { return Answer("200 OK", kSeven); };  // guarded by mutex_
  LoopbackServer vm_{[this](Connection& connection, const std::string& head) {
    Says says;
    {
      const std::lock_guard lock(mutex_);
      says = says_;
    }
    ++asked_;
    const std::string answer = says(head);
    if (answer.empty()) return connection.AwaitClose();
    connection.Send(answer);
  }};
};

TEST_F(VmselectServerTest, TheOverviewIsWhatVictoriaMetricsSays) {
  ASSERT_EQ(Report("a", "cozy_cluster_info 1\ncozy_nodes_count 3\n"), "200");
  EXPECT_THAT(Overview("year=2026&month=3"),
              HasSubstr("\"clusters\":7,\"total_nodes\":7,\"avg_nodes_per_cluster\":1.0,"));
  EXPECT_EQ(private_->Metric("rollcall_vmselect_queries_total"), 10);
  EXPECT_EQ(private_->Metric("rollcall_vmselect_query_failures_total"), 0);
}

TEST_F(VmselectServerTest, WhereItHasNothingThereIsNoData) {
  VictoriaMetricsSays([](const std::string&) { return Answer("200 OK", kNothing); });
  EXPECT_EQ(Overview("year=2026&month=3"), "503 {\"error\":\"no telemetry data available\"}\n");
}

TEST_F(VmselectServerTest, OneQueryThatFailsFailsTheOverview) {
  for (const char* failing :
       {"cozy_cluster_info", "cozy_nodes_count", "Tenant", "sum%20by%20%28kind"}) {
    VictoriaMetricsSays([failing](const std::string& head) {
      return head.find(failing) == std::string::npos ? Answer("200 OK", kSeven)
                                                     : Answer("500 Internal Server Error", "");
    });
    EXPECT_EQ(Overview("year=2026&month=3"),
              "503 {\"error\":\"VictoriaMetrics does not answer as it should\"}\n")
        << failing;
  }
  EXPECT_EQ(private_->Metric("rollcall_vmselect_query_failures_total"), 4);
}

TEST_F(VmselectServerTest, ParametersAreJudgedBeforeAnybodyIsAsked) {
  EXPECT_THAT(Overview("year=2023&month=3"), HasSubstr("400 "));
  EXPECT_THAT(Overview("year=2026"), HasSubstr("400 "));
  EXPECT_EQ(asked_, 0);
}

TEST_F(VmselectServerTest, ASilentVictoriaMetricsDelaysNothingElseAndNotTheEnd) {
  Stop();
  options_.front.query_threads = 1;
  Start();
  VictoriaMetricsSays([](const std::string&) { return std::string(); });
  const int port = server_->public_port();
  std::thread waiting(
      [port] { EXPECT_EQ(HttpClient(port).Get("/api/overview?year=2026&month=3").status, 503); });
  while (asked_ == 0) std::this_thread::yield();
  EXPECT_EQ(public_->Get("/healthz").status, 200);
  EXPECT_EQ(public_->Get("/readyz").status, 200);
  EXPECT_EQ(private_->Get("/metrics").status, 200);
  EXPECT_EQ(Report("a", "cozy_cluster_info 1\n"), "200");
  Stop();
  waiting.join();
}

TEST_F(VmselectServerTest, ASilentVictoriaMetricsIsGivenUpAfterTheTimeout) {
  Stop();
  options_.vmselect.timeout = std::chrono::milliseconds(200);
  Start();
  VictoriaMetricsSays([](const std::string&) { return std::string(); });
  EXPECT_THAT(Overview("year=2026&month=3"), HasSubstr("503 {\"error\":\"VictoriaMetrics"));
  // It may be given up before the one asked has had a turn.
  Await([this] { return asked_ > 0; });
  EXPECT_EQ(asked_, 1);
}

class OldSnapshotServerTest : public ServerTest {
 protected:
  void SetUp() override {
    options_.vmselect.snapshot_dir = snapshots_.path();
    Start();
  }
  void Snapshot(const std::string& month, const std::string& collected_at,
                const std::string& numbers) {
    std::ofstream(snapshots_.path() + "/" + month + ".json")
        << "{\"month\":\"" << month << "\",\"collected_at\":\"" << collected_at << "\"," << numbers
        << "}";
  }
  TempDir snapshots_;
};

TEST_F(OldSnapshotServerTest, MonthsBeforeTheStoresComeFromTheSnapshotsOfAServerOfBefore) {
  Snapshot("2026-02", "2026-03-01T08:01:00.123456789Z",
           R"("clusters":3,"total_nodes":10,"total_tenants":6,"apps":{"kafka":2,"vpn":0})");
  Snapshot("2026-01", "2026-02-01T08:01:00Z",
           R"("clusters":4,"total_nodes":8,"total_tenants":1,"apps":{"kafka":9})");
  ASSERT_EQ(Report("a", "cozy_cluster_info 1\ncozy_nodes_count 5\n"), "200");
  EXPECT_EQ(
      Overview("year=2026&month=2"),
      "200 {\"generated_at\":\"2026-03-01T08:01:00Z\",\"periods\":{"
      "\"month\":{\"label\":\"February 2026\",\"start\":\"2026-02-01\",\"end\":\"2026-02-28\","
      "\"clusters\":3,\"total_nodes\":10,\"avg_nodes_per_cluster\":3.3,\"total_tenants\":6,"
      "\"avg_tenants_per_cluster\":2.0,\"apps\":{\"kafka\":2,\"vpn\":0}},"
      "\"quarter\":{\"label\":\"December 2025 \xe2\x80\x94 February 2026\","
      "\"start\":\"2025-12-01\",\"end\":\"2026-02-28\","
      "\"clusters\":4,\"total_nodes\":10,\"avg_nodes_per_cluster\":2.5,\"total_tenants\":6,"
      "\"avg_tenants_per_cluster\":1.5,\"apps\":{\"kafka\":2,\"vpn\":0}},"
      "\"year\":{\"label\":\"March 2025 \xe2\x80\x94 February 2026\","
      "\"start\":\"2025-03-01\",\"end\":\"2026-02-28\","
      "\"clusters\":4,\"total_nodes\":10,\"avg_nodes_per_cluster\":2.5,\"total_tenants\":6,"
      "\"avg_tenants_per_cluster\":1.5,\"apps\":{\"kafka\":2,\"vpn\":0}}}}\n");
  EXPECT_THAT(Overview("year=2026&month=3"), HasSubstr("\"clusters\":1,\"total_nodes\":5,"));
}

TEST_F(OldSnapshotServerTest, SnapshotsOfMonthsThatTheStoreHasAreLeftAside) {
  SetTime("2026-02-15 12:00:00");
  ASSERT_EQ(Report("a", "cozy_cluster_info 1\n"), "200");
  SetTime("2026-04-15 12:00:00");
  const std::string numbers = R"("clusters":9,"total_nodes":9,"total_tenants":9,"apps":{})";
  Snapshot("2026-02", "2026-03-02T00:00:00Z", numbers);
  Snapshot("2026-03", "2026-04-02T00:00:00Z", numbers);
  EXPECT_THAT(Overview("year=2026&month=3"),
              HasSubstr("\"label\":\"February 2026\",\"start\":\"2026-02-01\","
                        "\"end\":\"2026-02-28\",\"clusters\":1,"));
}

TEST_F(OldSnapshotServerTest, WithoutAnySnapshotThereIsNoData) {
  EXPECT_EQ(Overview("year=2026&month=3"), "503 {\"error\":\"no telemetry data available\"}\n");
}

}  // namespace
}  // namespace rollcall::test
