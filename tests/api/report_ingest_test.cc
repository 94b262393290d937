// POST of a report over real sockets: the contract's table "Ingest", row by row, and its order of
// checks.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>

#include "tests/support/server_harness.h"
#include "web/assets.h"

namespace rollcall::test {
namespace {

using ::testing::AllOf;
using ::testing::HasSubstr;
using ::testing::StartsWith;

constexpr const char* kOneCluster = "cozy_cluster_info{cozystack_version=\"v1.0.0\"} 1\n";

class ReportIngestTest : public ServerTest {
 protected:
  int Clusters(const std::string& query = "year=2026&month=3") {
    const Reply reply = public_->Get("/api/overview?" + query);
    const size_t at = reply.body.find("\"clusters\":");
    return reply.status == 200 ? std::atoi(reply.body.c_str() + at + 11) : 0;
  }
  // What a report with these header lines and this body is answered.
  std::string Post(const std::string& headers, const std::string& body = kOneCluster,
                   const std::string& target = "/") {
    return Render(public_->PostBare(body, headers, target));
  }
};

TEST_F(ReportIngestTest, AReportIsAnswered200WithAnEmptyBodyAndIsCountedAtOnce) {
  const Reply reply = public_->Post("6099a6ff-87bd-463b-9deb-6b8dcdc7c47b", kOneCluster,
                                    "Content-Type: text/plain\r\n");
  EXPECT_EQ(reply.status, 200);
  EXPECT_EQ(reply.Header("content-length"), "0");
  EXPECT_EQ(reply.body, "");
  EXPECT_EQ(Clusters(), 1);
}

TEST_F(ReportIngestTest, AReportThatWasAnsweredIsThereAfterARestart) {
  ASSERT_EQ(Report("a", kOneCluster), "200");
  Restart();
  EXPECT_EQ(Clusters(), 1);
}

TEST_F(ReportIngestTest, OtherMethodsThanPostAreNotAllowedWhereNothingElseIs) {
  for (const char* method : {"GET", "PUT", "DELETE", "PATCH", "OPTIONS", "TRACE", "REPORT"}) {
    const Reply reply = public_->Ask(method, "/insert", "X-Cluster-ID: a\r\n");
    EXPECT_EQ(Render(reply), "405 Method not allowed\n") << method;
    EXPECT_EQ(reply.Header("content-type"), "text/plain; charset=utf-8") << method;
    EXPECT_EQ(reply.Header("allow"), "POST") << method;
  }
  EXPECT_EQ(public_->Ask("HEAD", "/insert", "X-Cluster-ID: a\r\n").status, 405);
  EXPECT_EQ(public_->Ask("HEAD", "/insert").status, 404) << "nothing says that it is a sender's";
  for (const char* method : {"PUT", "DELETE", "OPTIONS"}) {
    EXPECT_EQ(Render(public_->Ask(method, "/")), "405 Method not allowed\n") << method;
  }
}

TEST_F(ReportIngestTest, AnIdThatBreaksTheRuleIs400AndTheLineNamesHeaderAndRule) {
  const std::string rule = " (1 to 253 of A-Z a-z 0-9 . _ -)\n";
  EXPECT_EQ(Post(""), "400 X-Cluster-ID: the header is missing" + rule);
  EXPECT_EQ(Post("X-Cluster-ID:\r\n"), "400 X-Cluster-ID: the id is empty" + rule);
  EXPECT_EQ(Post("X-Cluster-ID: \t \r\n"), "400 X-Cluster-ID: the id is empty" + rule);
  const std::string longest(253, 'a');
  EXPECT_EQ(Post("X-Cluster-ID: " + longest + "\r\n"), "200");
  EXPECT_THAT(Post("X-Cluster-ID: " + longest + "a\r\n"),
              AllOf(StartsWith("400 X-Cluster-ID: "), HasSubstr("254 bytes"), HasSubstr(rule)));
  for (const char* id : {"a b", "a/b", "a,b", "a\"b", "a:b", "{a}", "\xc3\xa4", "a\tb", "a%20b"}) {
    EXPECT_THAT(Post("X-Cluster-ID: " + std::string(id) + "\r\n"),
                AllOf(StartsWith("400 X-Cluster-ID: byte "), HasSubstr(rule)))
        << id;
  }
  EXPECT_EQ(Clusters(), 1) << "only the longest id is one";
}

TEST_F(ReportIngestTest, AnIdMayBeSpeltAsSendersSpellIt) {
  EXPECT_EQ(Post("x-Cluster-Id: a\r\n"), "200");
  EXPECT_EQ(Post("x-cluster-id: b\r\n"), "200");
  EXPECT_EQ(Post("X-CLUSTER-ID: \t c \t\r\n"), "200");
  EXPECT_EQ(Post("X-Cluster-ID:d\r\n"), "200");
  EXPECT_EQ(Post("X-Cluster-ID: A.b_c-9\r\n"), "200");
  EXPECT_EQ(Clusters(), 5);
  EXPECT_EQ(Post("X-Cluster-ID: a\r\n"), "200") << "known already";
  EXPECT_EQ(Clusters(), 5);
}

TEST_F(ReportIngestTest, AHeaderThatAProxyDoesNotKnowForTheIdIsNotTheId) {
  EXPECT_THAT(Post("X_Cluster_ID: a\r\n"), StartsWith("400 X-Cluster-ID: the header is missing"));
  EXPECT_EQ(Post("X_Cluster_ID: a\r\n", kOneCluster, "/insert"), "404 Not found\n");
  EXPECT_EQ(Post("X_Cluster_ID: forged\r\nX-Cluster-ID: a\r\n"), "200");
  EXPECT_EQ(Clusters(), 1);
  EXPECT_EQ(Post("X-Cluster-ID: a\r\n"), "200");
  EXPECT_EQ(Clusters(), 1) << "it was of a";
}

TEST_F(ReportIngestTest, OfSeveralIdsTheFirstCounts) {
  EXPECT_EQ(Post("X-Cluster-ID: first\r\nX-Cluster-ID: second\r\n"), "200");
  EXPECT_EQ(Post("X-Cluster-ID: first\r\nx_cluster_id: not one!\r\n"), "200");
  EXPECT_EQ(Clusters(), 1);
  EXPECT_THAT(Post("X-Cluster-ID: not one!\r\nX-Cluster-ID: first\r\n"), StartsWith("400 "));
  EXPECT_THAT(Post("X-Cluster-ID:\r\nX-Cluster-ID: first\r\n"), StartsWith("400 "));
}

TEST_F(ReportIngestTest, TheIdOfTheHeaderCountsAndNotOneInTheBody) {
  EXPECT_EQ(Post("X-Cluster-ID: a\r\n",
                 "cozy_cluster_info{cluster_id=\"x\"} 1\ncozy_cluster_info{cluster_id=\"y\"} 1\n"),
            "200");
  EXPECT_EQ(Clusters(), 1);
}

TEST_F(ReportIngestTest, ALineThatDoesNotParseIs400WithItsNumberAndNothingIsStored) {
  const Reply reply = public_->Post("a", std::string(kOneCluster) + "cozy_nodes_count 3 x\n");
  EXPECT_EQ(reply.status, 400);
  EXPECT_THAT(reply.body, StartsWith("Error processing metrics: line 2: "));
  EXPECT_EQ(reply.body.find('\n'), reply.body.size() - 1) << "one line";
  EXPECT_EQ(reply.Header("content-type"), "text/plain; charset=utf-8");
  for (const char* body :
       {"cozy_cluster_info 1\r\n", "cozy_cluster_info", "cozy_cluster_info 0x1\n",
        "cozy_cluster_info{a=\"b\n", "\xff 1\n", "cozy_cluster_info 1 -5\n"}) {
    EXPECT_THAT(Post("X-Cluster-ID: a\r\n", body),
                StartsWith("400 Error processing metrics: line "))
        << body;
  }
  EXPECT_EQ(Clusters(), 0);
  EXPECT_EQ(AwaitMetric("rollcall_sources", 0), 0);
}

TEST_F(ReportIngestTest, AReportWithoutSeriesIs200AndStoresNothing) {
  for (const char* body : {"", "\n\n", "# only a comment\n", "# TYPE a counter\n# HELP a b\n",
                           "cozy_cluster_info NaN\n"}) {
    EXPECT_EQ(Post("X-Cluster-ID: a\r\n", body), "200") << body;
  }
  EXPECT_EQ(Render(public_->Ask("POST", "/", "X-Cluster-ID: a\r\n")), "200") << "no length at all";
  EXPECT_EQ(Clusters(), 0);
  EXPECT_EQ(private_->Metric("rollcall_sources"), 0);
}

TEST_F(ReportIngestTest, PostIsTakenOnAnyPathThatHasNoMeaningOfItsOwn) {
  int known = 0;
  for (const char* path : {"/", "/insert", "/api/v1/import", "/api", "/a/b/c?d=e", "/metrics",
                           "/index.html", "//", "/%00"}) {
    EXPECT_EQ(Post("X-Cluster-ID: c" + std::to_string(++known) + "\r\n", kOneCluster, path), "200")
        << path;
  }
  EXPECT_EQ(Clusters(), known);
}

TEST_F(ReportIngestTest, WithoutTheHeaderSuchAPathIsNotFound) {
  EXPECT_EQ(Post("", kOneCluster, "/insert"), "404 Not found\n");
  EXPECT_EQ(Post("X-Cluster: a\r\n", kOneCluster, "/api/v1/import"), "404 Not found\n");
  EXPECT_THAT(Post("X-Cluster-ID: a b\r\n", kOneCluster, "/insert"), StartsWith("400 X-Cluster-ID"))
      << "the header is there, and wrong";
  EXPECT_THAT(Post("", kOneCluster, "/?a=b"), StartsWith("400 X-Cluster-ID")) << "this is /";
}

TEST_F(ReportIngestTest, AReportCannotBePostedToWhatHasAMeaning) {
  const std::string file(web::Assets().back().path);
  ASSERT_NE(file, "/");
  for (const std::string& path :
       {std::string("/api/overview"), std::string("/healthz"), std::string("/readyz"), file}) {
    EXPECT_EQ(Post("X-Cluster-ID: a\r\n", kOneCluster, path), "405 Method not allowed\n") << path;
  }
  EXPECT_EQ(Clusters(), 0);
}

TEST_F(ReportIngestTest, MethodThenIdThenSizeThenContentAreChecked) {
  const std::string large(options_.max_report_bytes + 1, '\n');
  const std::string coded = "Content-Encoding: br\r\n";
  const std::string id = "X-Cluster-ID: a\r\n";
  const auto ask = [&](const std::string& method, const std::string& headers,
                       const std::string& body) {
    return public_->Ask(method, "/insert", headers, &body).status;
  };
  EXPECT_EQ(ask("PUT", coded + "X-Cluster-ID: a b\r\n", large), 405);
  EXPECT_EQ(ask("POST", coded + "X-Cluster-ID: a b\r\n", large), 400);
  EXPECT_EQ(ask("POST", coded + id, large), 413);
  EXPECT_EQ(ask("POST", coded + id, "not metrics"), 415);
  EXPECT_EQ(ask("POST", id, "not metrics"), 400);
}

TEST_F(ReportIngestTest, AnExpectationIsMetAndARefusedHeadIsNot) {
  test::RawClient client(server_->public_port());
  ASSERT_TRUE(client.Send("POST / HTTP/1.1\r\nHost: t\r\nX-Cluster-ID: a\r\nContent-Length: " +
                          std::to_string(std::string(kOneCluster).size()) +
                          "\r\nExpect: 100-continue\r\n\r\n"));
  EXPECT_EQ(client.ReadStatus(), 100);
  EXPECT_EQ(client.Ask(kOneCluster)->status, 200);
  const auto refused = client.Ask(
      "POST / HTTP/1.1\r\nHost: t\r\nContent-Length: 10\r\nExpect: 100-continue\r\n\r\n");
  EXPECT_EQ(refused->status, 400) << "without its body";
}

}  // namespace
}  // namespace rollcall::test
