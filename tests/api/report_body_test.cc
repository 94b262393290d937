// The bodies of reports over real sockets: how large, how coded, how framed.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <random>
#include <string>

#include "tests/support/gzip.h"
#include "tests/support/server_harness.h"

namespace rollcall::test {
namespace {

using ::testing::HasSubstr;
using ::testing::StartsWith;

constexpr size_t kMaxBytes = 10 * 1024 * 1024;
constexpr const char* kGzip = "Content-Encoding: gzip\r\n";

class ReportBodyTest : public ServerTest {
 protected:
  bool Counted() {
    return public_->Get("/api/overview?year=2026&month=3").body.find("\"clusters\":1,") !=
           std::string::npos;
  }
  // A report of exactly so many bytes.
  static std::string OfSize(size_t bytes) {
    std::string body = "cozy_cluster_info 1\n# ";
    body.resize(bytes, 'x');
    return body;
  }
};

TEST_F(ReportBodyTest, TenMebibytesAreTakenAndAByteMoreIsNot) {
  EXPECT_EQ(public_->Post("a", OfSize(kMaxBytes + 1)).status, 413);
  EXPECT_FALSE(Counted());
  EXPECT_EQ(public_->Post("a", OfSize(kMaxBytes)).status, 200);
  EXPECT_TRUE(Counted());
}

TEST_F(ReportBodyTest, TheSameBoundHoldsForWhatGzipBecomes) {
  EXPECT_EQ(public_->Post("a", test::Gzip(OfSize(kMaxBytes + 1)), kGzip).status, 413);
  EXPECT_FALSE(Counted());
  EXPECT_EQ(public_->Post("a", test::Gzip(OfSize(kMaxBytes)), kGzip).status, 200);
  EXPECT_TRUE(Counted());
}

TEST_F(ReportBodyTest, TheSameBoundHoldsForChunks) {
  const auto post = [&](size_t bytes) {
    test::RawClient client(server_->public_port());
    client.Send(
        "POST / HTTP/1.1\r\nHost: t\r\nX-Cluster-ID: a\r\nTransfer-Encoding: chunked\r\n\r\n");
    const std::string body = OfSize(bytes);
    char size[32];
    for (size_t at = 0; at < body.size(); at += 100'000) {
      const std::string piece = body.substr(at, 100'000);
      std::snprintf(size, sizeof size, "%zx\r\n", piece.size());
      if (!client.Send(size + piece + "\r\n")) break;
    }
    client.Send("0\r\n\r\n");
    return client.ReadStatus();
  };
  EXPECT_EQ(post(kMaxBytes + 1), 413);
  EXPECT_FALSE(Counted());
  EXPECT_EQ(post(kMaxBytes), 200);
  EXPECT_TRUE(Counted());
}

TEST_F(ReportBodyTest, ALengthThatIsTooLargeIsRefusedBeforeTheBodyComes) {
  test::RawClient client(server_->public_port());
  const auto reply = client.Ask(
      "POST / HTTP/1.1\r\nHost: t\r\nX-Cluster-ID: a\r\nContent-Length: 10485761\r\n\r\n");
  ASSERT_TRUE(reply.has_value());
  EXPECT_EQ(reply->status, 413);
}

TEST_F(ReportBodyTest, GzipIsTakenByEveryNameItHas) {
  const std::string body = test::Gzip("cozy_cluster_info 1\n");
  EXPECT_EQ(public_->Post("a", body, kGzip).status, 200);
  EXPECT_EQ(public_->Post("a", body, "content-encoding: GZIP\r\n").status, 200);
  EXPECT_EQ(public_->Post("a", body, "Content-Encoding: x-gzip\r\n").status, 200);
  EXPECT_TRUE(Counted());
  EXPECT_EQ(public_->Post("a", "cozy_cluster_info 1\n", "Content-Encoding: identity\r\n").status,
            200);
}

TEST_F(ReportBodyTest, AnyOtherCodingIs415) {
  for (const char* coding :
       {"br", "deflate", "zstd", "compress", "gzip, gzip", "gzip, br", "gzipp"}) {
    const auto reply = public_->Post("a", "cozy_cluster_info 1\n",
                                     "Content-Encoding: " + std::string(coding) + "\r\n");
    EXPECT_EQ(reply.status, 415) << coding;
  }
  EXPECT_FALSE(Counted());
}

TEST_F(ReportBodyTest, WhatIsNotTheGzipItClaimsToBeIs400) {
  const std::string good = test::Gzip("cozy_cluster_info 1\n");
  std::mt19937 random(7);
  std::string noise(5000, '\0');
  for (char& c : noise) c = static_cast<char>(random());
  std::string flipped = good;
  flipped[flipped.size() - 6] = static_cast<char>(flipped[flipped.size() - 6] ^ 1);  // its checksum
  for (const std::string& body :
       {std::string(), good.substr(0, good.size() - 1), good.substr(0, 5), good + "x", noise,
        flipped, std::string("cozy_cluster_info 1\n")}) {
    EXPECT_EQ(public_->Post("a", body, kGzip).status, 400) << body.size() << " bytes";
  }
  EXPECT_FALSE(Counted());
  EXPECT_EQ(public_->Post("a", good, kGzip).status, 200);
}

TEST_F(ReportBodyTest, ALineThatDoesNotParseIsNamedInWhatGzipHeld) {
  const auto reply = public_->Post("a", test::Gzip("a 1\nb\n"), kGzip);
  EXPECT_EQ(reply.status, 400);
  EXPECT_THAT(reply.body, StartsWith("Error processing metrics: line 2: "));
}

TEST_F(ReportBodyTest, HostileBodiesGetAnAnswer) {
  EXPECT_EQ(Report("a", std::string(3 * 1024 * 1024, '\n')), "200");
  EXPECT_THAT(Report("a", std::string(kMaxBytes, 'a')), StartsWith("400 "));
  EXPECT_THAT(Report("a", std::string(kMaxBytes - 2, 'a') + " 1"), StartsWith("413 "));
  std::string series;
  for (int i = 0; series.size() < kMaxBytes - 20; ++i) {
    series += "a{b=\"" + std::to_string(i % 1000) + "\"}1\n";
  }
  EXPECT_EQ(Report("b", series), "200");
  EXPECT_THAT(Report("a", std::string("a 1\0b 2\n", 8)), StartsWith("400 "));
  std::mt19937 random(11);
  for (int i = 0; i < 200; ++i) {
    std::string noise(random() % 300, '\0');
    for (char& c : noise) c = static_cast<char>(random());
    EXPECT_THAT(Report("a", noise + "\x01"),
                ::testing::AnyOf(StartsWith("200"), StartsWith("400")));
  }
  EXPECT_EQ(Report("c", "cozy_cluster_info 1\n"), "200");
  EXPECT_TRUE(Counted());
}

TEST_F(ReportBodyTest, VeryManySeriesAreOneReport) {
#ifdef ROLLCALL_SANITIZED
  constexpr int kSeries = 20'000;
#else
  constexpr int kSeries = 200'000;
#endif
  options_.ingester.bounds.series = kSeries + 1;
  Restart();
  std::string body = "cozy_cluster_info 1\n";
  for (int i = 0; i < kSeries; ++i) body += "a" + std::to_string(i) + " 1\n";
  ASSERT_LE(body.size(), kMaxBytes);
  ASSERT_EQ(Report("a", body), "200");
  EXPECT_TRUE(Counted());
  EXPECT_THAT(private_->Get("/metrics").body, HasSubstr("rollcall_sources 1\n"));
}

TEST_F(ReportBodyTest, AReportOverABoundIs413ThatNamesTheBoundAndItsNumber) {
  std::string body;
  for (int i = 0; i <= 2'000; ++i) body += "a" + std::to_string(i) + " 1\n";
  EXPECT_EQ(
      Report("a", body),
      "413 The report is too large: line 2001: more than 2000 series (--max-report-series)\n");
  EXPECT_THAT(private_->Get("/metrics").body,
              HasSubstr("rollcall_reports_too_large_total{bound=\"series\"} 1\n"));
  EXPECT_FALSE(Counted());
}

}  // namespace
}  // namespace rollcall::test
