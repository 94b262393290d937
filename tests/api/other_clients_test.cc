// What browsers, VictoriaMetrics' clients and crawlers send: preflights, forms, bodies with a GET,
// long targets, what is asked for unbidden.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>

#include "tests/support/gzip.h"
#include "tests/support/server_harness.h"

namespace rollcall::test {
namespace {

using ::testing::HasSubstr;
using ::testing::StartsWith;

class OtherClientsTest : public ServerTest {
 protected:
  std::string Export(const std::string& form) {
    return Render(private_->PostBare(form, "Content-Type: application/x-www-form-urlencoded\r\n",
                                     "/api/v1/export"));
  }
};

constexpr const char* kNumbers[] = {"/api/v1/fleets", "/api/v1/overview", "/api/v1/trend",
                                    "/badge/clusters.svg", "/chart/clusters.svg"};

TEST_F(OtherClientsTest, APageOfAnySiteMayAskForNumbersWithHeadersOfItsOwn) {
  for (const char* path : kNumbers) {
    const Reply reply = public_->Ask("OPTIONS", path,
                                     "Origin: https://site.example\r\n"
                                     "Access-Control-Request-Method: GET\r\n"
                                     "Access-Control-Request-Headers: x-requested-with\r\n");
    EXPECT_EQ(reply.status, 204) << path;
    EXPECT_EQ(reply.Header("access-control-allow-origin"), "*");
    EXPECT_EQ(reply.Header("access-control-allow-methods"), "GET, HEAD");
    EXPECT_EQ(reply.Header("access-control-allow-headers"), "*");
  }
  EXPECT_EQ(public_->Ask("OPTIONS", "/api/overview").Header("access-control-allow-methods"), "GET");
  EXPECT_EQ(public_->Ask("OPTIONS", "/healthz").status, 405);
  EXPECT_EQ(private_->Ask("OPTIONS", "/api/v1/export").status, 405);
}

TEST_F(OtherClientsTest, EveryAnswerToAnySiteShowsItsTagAndWhenToAskAgain) {
  Report("a", "cozy_cluster_info 1\n");
  for (const char* target :
       {"/api/v1/overview", "/api/v1/overview?month=x", "/api/overview",
        "/api/overview?year=2026&month=3", "/badge/none.svg", "/no-such-path"}) {
    const Reply reply = public_->Get(target);
    EXPECT_EQ(reply.Header("access-control-allow-origin"), "*") << target;
    EXPECT_EQ(reply.Header("access-control-expose-headers"), "ETag, Retry-After") << target;
    EXPECT_EQ(reply.head.find("llow-Origin"), reply.head.rfind("llow-Origin")) << target;
  }
  EXPECT_EQ(private_->Get("/no-such-path").Header("access-control-allow-origin"), "");
}

TEST_F(OtherClientsTest, OneWeakTagStandsForThePlainAndThePackedAnswerAndA304VariesToo) {
  Report("a", "cozy_cluster_info 1\n");
  for (const char* path : kNumbers) {
    const Reply plain = public_->Get(path);
    const Reply packed = public_->Get(path, "Accept-Encoding: gzip\r\n");
    const std::string tag = plain.Header("etag");
    EXPECT_THAT(tag, StartsWith("W/\"")) << path;
    EXPECT_EQ(packed.Header("etag"), tag) << path;
    EXPECT_EQ(plain.Header("vary"), "Accept-Encoding") << path;
    for (const std::string& known : {tag, tag.substr(2), "\"x\", " + tag, std::string("*")}) {
      const Reply again = public_->Get(path, "If-None-Match: " + known + "\r\n");
      EXPECT_EQ(again.status, 304) << path << " " << known;
      EXPECT_EQ(again.Header("etag"), tag);
      EXPECT_EQ(again.Header("vary"), "Accept-Encoding");
      EXPECT_EQ(again.Header("access-control-allow-origin"), "*");
    }
  }
}

TEST_F(OtherClientsTest, AValueIsReadToItsEndAndIsNoIntegerThen) {
  SetTime("2025-11-10");
  Report("a", "cozy_cluster_info 1\n");
  EXPECT_EQ(Overview("year=2025&month=11?x=1"), "400 {\"error\":\"invalid month parameter\"}\n");
  EXPECT_EQ(Overview("year=2025&month=1=11"), "400 {\"error\":\"invalid month parameter\"}\n");
}

TEST_F(OtherClientsTest, AnExportIsAskedForByAFormAsByAQuery) {
  Report("a", "cozy_application_count{kind=\"Tenant\"} 2\ncozy_application_count{kind=\"VM\"} 1\n");
  const std::string wanted = "cozy_application_count{kind=\"Tenant\",cluster_id=\"a\"} 2 ";
  const std::string selector = "match[]={kind=\"Tenant\"}&format=text";
  const std::string got = Export(selector);
  EXPECT_THAT(got, StartsWith("200 "));
  EXPECT_THAT(got, HasSubstr("kind=\"Tenant\""));
  EXPECT_EQ(got.find("VM"), std::string::npos);
  EXPECT_EQ(Export("match%5B%5D=%7Bkind%3D%22Tenant%22%7D&format=text"), got);
  EXPECT_EQ(Render(private_->Get("/api/v1/export?" + selector)), got);
  EXPECT_THAT(Export("format=csv"), StartsWith("400 "));
}

TEST_F(OtherClientsTest, TheBodyOfAGetIsPassedOver) {
  const std::string body(10'000, 'x');
  for (const char* headers : {"", "Content-Encoding: br\r\n", "Content-Encoding: gzip\r\n"}) {
    EXPECT_EQ(public_->Ask("GET", "/healthz", headers, &body).status, 200) << headers;
  }
  const std::string large(100'000, 'x');
  EXPECT_EQ(public_->Ask("GET", "/healthz", "", &large).status, 413);
}

TEST_F(OtherClientsTest, WhatIsAskedForUnbiddenIsAnswered) {
  EXPECT_EQ(public_->Get("/favicon.ico").status, 204);
  const Reply robots = public_->Get("/robots.txt");
  EXPECT_EQ(robots.status, 200);
  EXPECT_THAT(robots.body, StartsWith("User-agent: *\nDisallow: /api/\n"));
}

TEST_F(OtherClientsTest, ATargetMayBeAsLongAsTheOptionSays) {
  Stop();
  options_.front.max_target_bytes = 60'000;
  options_.front.max_header_bytes = 100'000;
  Start();
  const std::string known = "/api/v1/fleets?x=";
  EXPECT_EQ(public_->Get(known + std::string(60'000 - known.size(), 'x')).status, 200);
  EXPECT_EQ(public_->Get(known + std::string(60'001 - known.size(), 'x')).status, 414);
}

TEST_F(OtherClientsTest, ARefusalNamesTheFirstHundredOfWhatIsAllowed) {
  std::string series = "cozy_cluster_info{";
  for (int i = 0; i < 300; ++i) {
    series += "l" + std::to_string(i) + std::string(200, 'x') + "=\"v\",";
  }
  ASSERT_EQ(Report("a", series + "} 1\n"), "200");
  const std::string refusal =
      Render(public_->Get("/api/v1/breakdown?metric=cozy_cluster_info&by=none"));
  EXPECT_THAT(refusal, StartsWith("400 "));
  EXPECT_LT(refusal.size(), 50'000U);
  size_t named = 0;
  for (size_t at = refusal.find("xx\""); at != std::string::npos;
       at = refusal.find("xx\"", at + 1)) {
    ++named;
  }
  EXPECT_EQ(named, 100U);
}

TEST_F(OtherClientsTest, ThePrivateListenerRefusesPagesAndStrangeNames) {
  const std::string own = "127.0.0.1:" + std::to_string(server_->private_port());
  const auto ask = [&](const std::string& host, const std::string& headers) {
    RawClient client(server_->private_port());
    const auto reply =
        client.Ask("GET /metrics HTTP/1.1\r\nHost: " + host + "\r\n" + headers + "\r\n");
    return reply ? reply->status : 0;
  };
  EXPECT_EQ(ask(own, ""), 200);
  EXPECT_EQ(ask(own, "Origin: http://" + own + "\r\nSec-Fetch-Site: same-origin\r\n"), 200);
  EXPECT_EQ(ask("rebound.example", ""), 403);
  EXPECT_EQ(ask(own, "Origin: https://evil.example\r\n"), 403);
  EXPECT_EQ(ask(own, "Sec-Fetch-Site: cross-site\r\n"), 403);
  EXPECT_EQ(AwaitMetric("rollcall_http_rejected_total{reason=\"foreign\"}", 3), 3);
  RawClient page(server_->private_port());
  ASSERT_TRUE(page.Send("POST /api/v1/import/prometheus HTTP/1.1\r\nHost: " + own +
                        "\r\nOrigin: null\r\nContent-Length: 4\r\n\r\na 1\n"));
  EXPECT_EQ(page.ReadStatus(), 403);
}

}  // namespace
}  // namespace rollcall::test
