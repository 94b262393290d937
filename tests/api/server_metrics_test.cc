// What /metrics says of a server that has worked, and what its background jobs do for it.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <atomic>
#include <future>
#include <string>
#include <thread>
#include <vector>

#include "parse/text_parser.h"
#include "tests/support/server_harness.h"

namespace rollcall::test {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;

class ServerMetricsTest : public ServerTest {
 protected:
  double Reports(const std::string& outcome, double wanted) {
    return AwaitMetric("rollcall_reports_total{outcome=\"" + outcome + "\"}", wanted);
  }
  double Requests(const std::string& route, int code, double wanted) {
    return AwaitMetric("rollcall_http_requests_total{route=\"" + route + "\",code=\"" +
                           std::to_string(code) + "\"}",
                       wanted);
  }
};

TEST_F(ServerMetricsTest, ReportsAreCountedByWhatBecameOfThem) {
  const std::string body = "cozy_cluster_info 1\ncozy_nodes_count 3\n";
  Report("a", body);
  Report("a", body);
  Report("a", "cozy_nodes_count 3\ncozy_cluster_info 1\n");  // its lines in another order
  Report("a", "cozy_cluster_info 1\ncozy_nodes_count 4\n");
  Report("b", body);
  Report("b", "# nothing\n");
  Report("b", "nonsense\n");
  EXPECT_EQ(Reports("full", 2), 2);
  EXPECT_EQ(Reports("same", 2), 2);
  EXPECT_EQ(Reports("changed", 1), 1);
  EXPECT_EQ(Reports("empty", 1), 1);
  EXPECT_EQ(Reports("refused", 1), 1);
  EXPECT_EQ(Reports("failed", 0), 0);
  EXPECT_EQ(private_->Metric("rollcall_sources"), 2);
  EXPECT_EQ(private_->Metric("rollcall_label_sets"), 2);
  EXPECT_EQ(private_->Metric("rollcall_source_cache_sources"), 2);
  EXPECT_GT(private_->Metric("rollcall_source_cache_bytes"), 0);
}

TEST_F(ServerMetricsTest, HealthIsAnsweredWhileMetricsWaitForTheDisk) {
  std::promise<void> disk_works;
  std::atomic<int> waiting{0};
  registry_->AddCallback("test_of_a_slow_disk", "Waits",
                         [&waiting, works = disk_works.get_future().share()] {
                           ++waiting;
                           works.wait();
                           return std::vector<metrics::Registry::Reading>();
                         });
  std::vector<std::thread> scrapes;
  for (int i = 0; i < 3; ++i) {
    scrapes.emplace_back([port = server_->private_port()] {
      EXPECT_EQ(HttpClient(port).Get("/metrics").status, 200);
    });
  }
  while (waiting == 0) std::this_thread::yield();
  for (const char* const path : {"/healthz", "/readyz"}) {
    EXPECT_EQ(private_->Get(path).status, 200);
    EXPECT_EQ(public_->Get(path).status, 200);
  }
  // An answer of a kind that was not counted before.
  EXPECT_EQ(public_->Get("/nothing").status, 404);
  disk_works.set_value();
  for (std::thread& scrape : scrapes) scrape.join();
}

TEST_F(ServerMetricsTest, ANewDayBeginsWithAFullReport) {
  const std::string body = "cozy_cluster_info 1\n";
  Report("a", body);
  Report("a", body);
  SetTime("2026-03-16 00:00:00");
  Report("a", body);
  EXPECT_EQ(Reports("full", 2), 2);
  EXPECT_EQ(Reports("same", 1), 1);
}

TEST_F(ServerMetricsTest, EachReportAloneIsACommit) {
  for (int i = 0; i < 5; ++i) Report("a", "cozy_nodes_count " + std::to_string(i) + "\n");
  EXPECT_EQ(AwaitMetric("rollcall_commits_total", 5), 5);
  EXPECT_EQ(private_->Metric("rollcall_commits_failed_total"), 0);
  EXPECT_EQ(private_->Metric("rollcall_reports_per_commit_sum"), 5);
  EXPECT_EQ(private_->Metric("rollcall_commit_duration_seconds_count"), 5);
  EXPECT_EQ(private_->Metric("rollcall_commit_queue_length"), 0);
}

TEST_F(ServerMetricsTest, RequestsAreCountedByRouteAndCodeAndNeverByAStrangersPath) {
  Report("a", "cozy_cluster_info 1\n");
  Report("a", "nonsense\n");
  Report("a b", "");
  public_->Post("a", "cozy_cluster_info 1\n", "", "/secret-path");
  public_->Get("/api/overview?year=2026&month=3");
  public_->Get("/api/overview");
  public_->Ask("DELETE", "/api/overview");
  public_->Get("/");
  public_->Get("/secret-path");
  public_->PostBare("", "", "/secret-path");
  public_->Get("/healthz");
  EXPECT_EQ(Requests("report", 200, 2), 2);
  EXPECT_EQ(Requests("report", 400, 2), 2);
  EXPECT_EQ(Requests("overview", 200, 1), 1);
  EXPECT_EQ(Requests("overview", 400, 1), 1);
  EXPECT_EQ(Requests("overview", 405, 1), 1);
  EXPECT_EQ(Requests("page", 200, 1), 1);
  EXPECT_EQ(Requests("healthz", 200, 1), 1);
  EXPECT_EQ(Requests("unknown", 404, 2), 2);
  EXPECT_EQ(AwaitMetric("rollcall_http_request_duration_seconds_count{route=\"overview\"}", 2), 2);
  EXPECT_THAT(private_->Get("/metrics").body, Not(HasSubstr("secret")));
}

TEST_F(ServerMetricsTest, ConnectionsAndTheStoreAreThere) {
  Report("a", "cozy_cluster_info 1\n");
  const std::string text = private_->Get("/metrics").body;
  EXPECT_EQ(private_->Metric("rollcall_http_connections{listener=\"public\"}"), 1);
  EXPECT_EQ(private_->Metric("rollcall_http_connections{listener=\"private\"}"), 1);
  for (const char* name :
       {"rollcall_http_queue_length{lane=\"ingest\"}", "rollcall_http_buffered_bytes",
        "rollcall_store_property{property=\"total-sst-files-size\"}",
        "rollcall_store_property{property=\"is-write-stopped\"}",
        "rollcall_store_property{property=\"actual-delayed-write-rate\"}",
        "rollcall_job_runs_total{job=\"retention\"", "rollcall_window_scans_total"}) {
    EXPECT_THAT(text, HasSubstr(name));
  }
}

TEST_F(ServerMetricsTest, TheTextIsWhatPrometheusReads) {
  Report("a", "cozy_cluster_info 1\n");
  const std::string text = private_->Get("/metrics").body;
  TextParser parser(text);
  int samples = 0;
  for (auto event = parser.Next(); event != TextParser::Event::kEnd; event = parser.Next()) {
    ASSERT_NE(event, TextParser::Event::kError)
        << "line " << parser.line() << ": " << parser.reason();
    ++samples;
  }
  EXPECT_GT(samples, 50);
}

TEST_F(ServerMetricsTest, RetentionTakesOldReportsAndLeavesWhatWasCounted) {
  SetTime("2025-01-10");
  Report("a", "cozy_cluster_info 1\ncozy_nodes_count 3\n");
  SetTime("2026-03-15");
  Report("b", "cozy_cluster_info 1\n");
  Restart();  // its jobs run at once
  const std::string done = "rollcall_job_runs_total{job=\"retention\",result=\"ok\"}";
  ASSERT_TRUE(Await([&] { return private_->Metric(done) >= 1; }));
  std::string days;
  storage::Scan scan = stores_->store().NewScan(storage::Table::kChunks, "", "");
  for (; scan.Valid(); scan.Next())
    days += storage::DecodeChunkKey(scan.key())->day.ToString() + " ";
  EXPECT_EQ(days, "2026-03-15 ");
  EXPECT_THAT(Overview("year=2025&month=1"), HasSubstr("\"clusters\":1,\"total_nodes\":3,"));
}

}  // namespace
}  // namespace rollcall::test
