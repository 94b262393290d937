#include "http/server/route_table.h"

#include <gtest/gtest.h>

#include <string>
#include <vector>

namespace rollcall::http {
namespace {

class RouteTableTest : public ::testing::Test {
 protected:
  RouteTableTest() {
    Add(kAtPublic, kPost, "/", "record", false).matches = [](const HttpRequest& head) {
      return head.Header("X-Record").has_value();
    };
    Add(kAtPublic, kPost, "/", "report", false);
    Add(kAtPublic, kPost, "*", "report", false).matches = [](const HttpRequest& head) {
      return head.Header("X-Id").has_value();
    };
    table_.Add(std::move(pending_));
    Add(kAtPublic, kGet | kHead, "/", "page", false);
    Add(kAtPublic, kGet, "/numbers", "numbers", true);
    Add(kAtPublic, kGet | kPost, "/forms", "forms", true);
    Add(kAtPublic, kGet, "/badge/*", "badge", true);
    Add(kAtBoth, kGet | kHead, "/health", "health", false);
    Add(kAtPrivate, kGet, "/secret", "secret", false);
    Add(kAtPrivate, kPost, "/judged", "judged", false).judge =
        [](const HttpRequest& head) -> std::optional<HttpResponse> {
      if (head.Header("Good")) return std::nullopt;
      return HttpResponse::Text(400, "not good");
    };
    table_.Add(std::move(pending_));
  }

  // A row, which is added with the next one.
  Route& Add(Listeners listeners, Methods methods, const char* path, const char* metric,
             bool for_any_site) {
    if (!pending_.path.empty()) table_.Add(std::move(pending_));
    pending_ = Route();
    pending_.listeners = listeners;
    pending_.methods = methods;
    pending_.path = path;
    pending_.metric = metric;
    pending_.for_any_site = for_any_site;
    return pending_;
  }

  // The metric of the row that takes it, or the answer: "405 Allow: GET, HEAD", "404 *" where any
  // site may read it.
  std::string Judge(const std::string& method, const std::string& target,
                    std::vector<HttpHeader> headers = {}, Listener at = Listener::kPublic) {
    HttpRequest head;
    head.listener = at;
    head.method = method;
    head.target = target;
    head.headers = std::move(headers);
    const HeadVerdict verdict = table_.Judge(head);
    if (const Route* const* row = std::get_if<const Route*>(&verdict)) return (*row)->metric;
    const HttpResponse& answer = std::get<HttpResponse>(verdict);
    std::string text = std::to_string(answer.status);
    for (const HttpHeader& header : answer.headers) {
      if (header.name == "Access-Control-Allow-Origin") text += " " + header.value;
      if (header.name == "Allow") text += " Allow: " + header.value;
      if (header.name == "Access-Control-Allow-Methods") text += " Methods: " + header.value;
      if (header.name == "Access-Control-Allow-Headers") text += " Headers: " + header.value;
    }
    return text;
  }
  std::string AtPrivate(const std::string& method, const std::string& target,
                        std::vector<HttpHeader> headers = {}) {
    return Judge(method, target, std::move(headers), Listener::kPrivate);
  }

  metrics::Registry registry_;
  RouteTable table_{registry_};
  Route pending_;
};

TEST_F(RouteTableTest, FindsTheRowOfAPathAndMethodAtItsListener) {
  EXPECT_EQ(Judge("GET", "/numbers?a=1"), "numbers");
  EXPECT_EQ(Judge("GET", "/"), "page");
  EXPECT_EQ(Judge("HEAD", "/?"), "page");
  EXPECT_EQ(Judge("POST", "/"), "report");
  EXPECT_EQ(Judge("GET", "/badge/nodes.svg"), "badge");
  EXPECT_EQ(Judge("GET", "/health"), "health");
  EXPECT_EQ(AtPrivate("GET", "/health"), "health");
  EXPECT_EQ(AtPrivate("GET", "/secret"), "secret");
}

TEST_F(RouteTableTest, AnUnknownPathIs404WhateverTheMethodAndAnySiteMayReadThat) {
  for (const char* method : {"GET", "HEAD", "POST", "PUT", "OPTIONS", "BREW"}) {
    for (const char* target : {"/secret", "/numbers/", "//numbers", "/NUMBERS", "/%6eumbers",
                               "/badge", "/badge/a/b", "/a/../numbers", "/*", "*"}) {
      EXPECT_EQ(Judge(method, target), "404 *") << method << " " << target;
    }
    for (const char* target : {"/", "/numbers", "/x"}) {
      EXPECT_EQ(AtPrivate(method, target), "404") << method << " " << target;
    }
  }
}

TEST_F(RouteTableTest, AMethodThatAPathDoesNotTakeIs405WithAllThatItTakes) {
  EXPECT_EQ(Judge("PUT", "/"), "405 Allow: GET, HEAD, POST");
  EXPECT_EQ(Judge("OPTIONS", "/"), "405 Allow: GET, HEAD, POST");
  EXPECT_EQ(Judge("HEAD", "/numbers"), "405 Allow: GET *");
  EXPECT_EQ(Judge("get", "/health"), "405 Allow: GET, HEAD");
  EXPECT_EQ(AtPrivate("OPTIONS", "/secret"), "405 Allow: GET");
}

TEST_F(RouteTableTest, WhatAnySiteMayAskAnswersTheBrowsersQuestionBefore) {
  EXPECT_EQ(Judge("OPTIONS", "/numbers"), "204 * Methods: GET Headers: * Allow: GET");
  EXPECT_EQ(Judge("OPTIONS", "/forms"), "204 * Methods: GET, POST Headers: * Allow: GET, POST");
}

TEST_F(RouteTableTest, ARowForEveryOtherPathTakesThoseWithItsHeader) {
  EXPECT_EQ(Judge("POST", "/anything", {{"x-id", ""}}), "report");
  EXPECT_EQ(Judge("POST", "/secret", {{"X-Id", "a"}}), "report");
  EXPECT_EQ(Judge("PUT", "/anything", {{"X-Id", "a"}}), "405 Allow: POST");
  EXPECT_EQ(Judge("POST", "/health", {{"X-Id", "a"}}), "405 Allow: GET, HEAD");
  EXPECT_EQ(AtPrivate("POST", "/anything", {{"X-Id", "a"}}), "404");
}

TEST_F(RouteTableTest, OfTwoRowsOfAPathTheFirstTakesOnlyWhatItMatches) {
  EXPECT_EQ(Judge("POST", "/", {{"X-Record", "1"}}), "record");
  EXPECT_EQ(Judge("POST", "/", {{"X-Id", "1"}}), "report");
  EXPECT_EQ(Judge("GET", "/", {{"X-Record", "1"}}), "page");
  EXPECT_EQ(Judge("POST", "/elsewhere", {{"X-Record", "1"}}), "404 *");
}

TEST_F(RouteTableTest, ARowsOwnJudgeHasTheLastWord) {
  EXPECT_EQ(AtPrivate("POST", "/judged"), "400");
  EXPECT_EQ(AtPrivate("POST", "/judged", {{"Good", ""}}), "judged");
  EXPECT_EQ(AtPrivate("GET", "/judged"), "405 Allow: POST");
}

TEST_F(RouteTableTest, CountsWhatItAnswersUnderTheMetricOfThePath) {
  Judge("PUT", "/numbers");
  Judge("GET", "/a-strangers-path");
  AtPrivate("POST", "/judged");
  const std::string text = registry_.WriteText();
  const auto has = [&](const std::string& line) { return text.find(line) != std::string::npos; };
  EXPECT_TRUE(has("rollcall_http_requests_total{route=\"numbers\",code=\"405\"} 1\n"));
  EXPECT_TRUE(has("rollcall_http_requests_total{route=\"unknown\",code=\"404\"} 1\n"));
  EXPECT_TRUE(has("rollcall_http_requests_total{route=\"judged\",code=\"400\"} 1\n"));
  EXPECT_FALSE(has("strangers"));
}

}  // namespace
}  // namespace rollcall::http
