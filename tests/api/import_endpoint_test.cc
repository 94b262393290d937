// POST /api/v1/import/prometheus: history through a running server.
#include <gmock/gmock.h>
#include <zstd.h>

#include <atomic>
#include <thread>

#include "tests/support/gzip.h"
#include "tests/support/server_harness.h"

namespace rollcall::test {
namespace {

using ::testing::HasSubstr;

constexpr const char* kPath = "/api/v1/import/prometheus";

class ImportEndpointTest : public ServerTest {
 protected:
  ImportEndpointTest() { options_.front.upload_part_bytes = 64 * 1024; }

  // "200", or the status and what was answered.
  std::string Import(const std::string& body, const std::string& query = "",
                     const std::string& headers = "") {
    return Render(private_->PostBare(body, headers, kPath + query));
  }

  // So many clusters, each with a report on ten days of February.
  static std::string History(int clusters, const std::string& label = "cluster_id") {
    std::string text;
    for (int c = 0; c < clusters; ++c) {
      const std::string source = label + "=\"c" + std::to_string(c) + "\"";
      for (int day = 0; day < 10; ++day) {
        const std::string end = " " + std::to_string(1769940000 + day * 86400) + "500\n";
        text += "cozy_cluster_info{" + source + "} 1" + end;
        text += "cozy_nodes_count{os=\"linux\"," + source + "} " + std::to_string(day) + end;
      }
    }
    return text;
  }
  static std::string Expected(int clusters, int refused = 0, const std::string& errors = "") {
    const auto n = [](int number) { return std::to_string(number); };
    return "200 {\"lines\":" + n(clusters * 20 + refused) + ",\"samples\":" + n(clusters * 20) +
           ",\"refused\":" + n(refused) + ",\"not_numbers\":0,\"sources\":" + n(clusters) +
           ",\"series\":" + n(clusters * 2) + ",\"reports_added\":" + n(clusters * 10) +
           ",\"samples_added\":" + n(clusters * 20) + ",\"samples_not_kept\":0,\"errors\":[" +
           errors + "]}\n";
  }
};

TEST_F(ImportEndpointTest, HistoryIsTakenInAndCounted) {
  EXPECT_EQ(Import(History(3)), Expected(3));
  EXPECT_THAT(Overview("year=2026&month=2"), HasSubstr("\"clusters\":3,\"total_nodes\":27,"));
}

TEST_F(ImportEndpointTest, ALargeBodyComesInPartsAndPackedOnesAreUnpacked) {
  const std::string text = History(2000);
  ASSERT_GT(text.size(), 2'000'000u);
  EXPECT_EQ(Import(text), Expected(2000));
  std::string zstd(ZSTD_compressBound(text.size()), '\0');
  zstd.resize(ZSTD_compress(zstd.data(), zstd.size(), text.data(), text.size(), 1));
  for (const std::string& packed : {test::Gzip(text), zstd}) {
    EXPECT_THAT(Import(packed), HasSubstr("\"samples\":40000,"));
    EXPECT_THAT(Import(packed), HasSubstr("\"reports_added\":0,\"samples_added\":0,"));
  }
  EXPECT_THAT(Import(zstd, "", "Content-Encoding: zstd\r\n"), HasSubstr("\"samples\":40000,"));
  EXPECT_THAT(Import(test::Gzip(text), "", "Content-Encoding: gzip\r\n"),
              HasSubstr("\"samples\":40000,"));
  EXPECT_THAT(Import("x", "", "Content-Encoding: br\r\n"), HasSubstr("415"));
}

TEST_F(ImportEndpointTest, BadLinesAreCountedAndAStrictImportStopsAtTheFirst) {
  EXPECT_EQ(
      Import(History(1) + "x\n"),
      Expected(1, 1, "\"line 21: want a value after the series, found the end of the line\""));
  const std::string strict = Import("x\n" + History(1), "?strict=1");
  EXPECT_THAT(strict, HasSubstr("400 {\"lines\":1,\"samples\":0,\"refused\":1,"));
  EXPECT_THAT(strict, HasSubstr("\"errors\":[\"line 1: want a value"));
}

TEST_F(ImportEndpointTest, DamagedPackingIsToldAfterWhatWasRead) {
  const std::string packed = test::Gzip(History(1));
  EXPECT_THAT(Import(packed.substr(0, packed.size() - 9)),
              HasSubstr("\"errors\":[\"gzip: ends too early\"]"));
  EXPECT_THAT(Import(packed.substr(0, packed.size() - 9)), HasSubstr("400 "));
}

TEST_F(ImportEndpointTest, ParametersAreDecodedAndCheckedFirst) {
  EXPECT_EQ(Import(History(1, "inst_1"), "?source_label=inst%5F1"), Expected(1));
  EXPECT_EQ(Import("", "?source_label="), "400 {\"error\":\"source_label must name a label\"}\n");
  EXPECT_EQ(Import("", "?strict=maybe"), "400 {\"error\":\"strict must be 1 or 0\"}\n");
  EXPECT_THAT(Import(History(1), "?strict=0"), HasSubstr("200 "));
}

TEST_F(ImportEndpointTest, AnImportOfWhichEveryLineIsRefusedIsNo200) {
  EXPECT_THAT(Import("x\ny\n"), HasSubstr("422 {\"lines\":2,\"samples\":0,\"refused\":2,"));
}

TEST_F(ImportEndpointTest, WhatIsOlderThanRetentionIsCountedAndSaidNotToBeKept) {
  options_.retention.report_months = 2;
  Restart();
  const std::string old =
      "cozy_cluster_info{cluster_id=\"o\"} 1 1764547200000\n"  // 2025-12-01
      "cozy_nodes_count{cluster_id=\"o\"} 4 1764547200000\n";
  for (int i = 0; i < 2; ++i) {
    EXPECT_THAT(Import(old + History(1)), HasSubstr(",\"samples_not_kept\":2,"));
  }
  EXPECT_THAT(Overview("year=2025&month=12"), HasSubstr("\"clusters\":1,\"total_nodes\":4,"));
}

TEST_F(ImportEndpointTest, AnEmptyBodyBringsNothing) { EXPECT_EQ(Import(""), Expected(0)); }

TEST_F(ImportEndpointTest, ItIsNotThereOnThePublicListenerAndTakesPostAlone) {
  EXPECT_EQ(public_->PostBare(History(1), "", kPath).status, 404);
  const auto reply = private_->Get(kPath);
  EXPECT_EQ(reply.status, 405);
  EXPECT_EQ(reply.Header("allow"), "POST");
  // With an id it is a report like any other there: nothing of it is history.
  EXPECT_EQ(public_->Post("a", "cozy_nodes_count 1\n", "", kPath).status, 200);
}

TEST_F(ImportEndpointTest, TheFutureIsRefusedByTheServersClock) {
  EXPECT_THAT(Import("a{cluster_id=\"c\"} 1 1773576001000\n"),
              HasSubstr("line 1: the timestamp is in the future"));
  EXPECT_THAT(Import("a{cluster_id=\"c\"} 1 1773576000999\n"), HasSubstr("\"refused\":0"));
}

TEST_F(ImportEndpointTest, ReportsOfTheSameClustersAreTakenMeanwhile) {
  const std::string text = History(3000);
  std::thread importing([&] {
    HttpClient client(server_->private_port());
    EXPECT_EQ(Render(client.PostBare(text, "", kPath)), Expected(3000));
  });
  for (int i = 0; i < 200; ++i) {
    EXPECT_EQ(Report("c" + std::to_string(i), "cozy_cluster_info 1\n"), "200");
  }
  importing.join();
  EXPECT_THAT(Overview("year=2026&month=2"), HasSubstr("\"clusters\":3000,\"total_nodes\":27000,"));
  EXPECT_THAT(Overview("year=2026&month=3"), HasSubstr("\"clusters\":200,"));
  EXPECT_THAT(Overview("year=2026&month=3"), HasSubstr("\"clusters\":3000,"));
}

TEST_F(ImportEndpointTest, AStopWhileAnImportRunsLeavesAStoreThatStartsAgain) {
  const std::string text = History(3000);
  std::atomic<bool> done{false};
  std::thread importing([&] {
    HttpClient client(server_->private_port());
    const int status = client.PostBare(text, "", kPath).status;
    EXPECT_TRUE(status == 200 || status == 503 || status == 0) << status;
    done = true;
  });
  Await(
      [&] { return done || private_->Metric("rollcall_http_queue_length{lane=\"import\"}") == 1; });
  server_->Stop(std::chrono::seconds(20));
  importing.join();
  Restart();
  EXPECT_THAT(Import(text), HasSubstr("\"samples\":60000,"));
  EXPECT_THAT(Overview("year=2026&month=2"), HasSubstr("\"clusters\":3000,\"total_nodes\":27000,"));
}

}  // namespace
}  // namespace rollcall::test
