// A POST with a body in memory over a connection that stays open.
#include <gtest/gtest.h>

#include <string>

#include "http/client/client.h"
#include "tests/support/loopback_server.h"

namespace rollcall::http {
namespace {

using test::Connection;
using test::LoopbackServer;

constexpr const char* kTaken = "HTTP/1.1 204 No Content\r\n\r\n";

size_t BodySizeOf(const std::string& head) {
  const size_t at = head.find("Content-Length: ");
  return at == std::string::npos ? 0 : std::strtoul(&head[at + 16], nullptr, 10);
}

int StatusOf(const Result<HttpClientResponse>& response) {
  EXPECT_TRUE(response.ok()) << response.status().message();
  return response.ok() ? response->status : 0;
}

TEST(HttpClientPost, SendsTargetHeadersAndBodyAgainAndAgainOnOneConnection) {
  std::vector<std::string> heads;
  std::vector<std::string> bodies;
  LoopbackServer server([&](Connection& c, const std::string& first) {
    for (std::string head = first; !head.empty(); head = c.ReceiveHead()) {
      heads.push_back(head);
      bodies.push_back(c.Receive(BodySizeOf(head)));
      if (!c.Send(kTaken)) return;
    }
  });
  auto client = HttpClient::Make(server.Url(), {}).value();
  for (const std::string& body : {std::string("one"), std::string(3 << 20, 'x'), std::string()}) {
    EXPECT_EQ(
        StatusOf(client->Post("/in?x=1", {{"Authorization", "Bearer t"}}, "text/plain", body)),
        204);
  }
  client.reset();
  EXPECT_EQ(server.connections(), 1);
  ASSERT_EQ(heads.size(), 3U);
  EXPECT_TRUE(heads[0].starts_with("POST /in?x=1 HTTP/1.1\r\n")) << heads[0];
  EXPECT_NE(heads[0].find("Authorization: Bearer t\r\n"), std::string::npos);
  EXPECT_NE(heads[0].find("Content-Type: text/plain\r\n"), std::string::npos);
  EXPECT_EQ(bodies[0], "one");
  EXPECT_EQ(bodies[1].size(), size_t{3} << 20);
}

// What is left of the body must not be taken for the next request.
TEST(HttpClientPost, AfterAnAnswerThatComesBeforeTheBodysEndTheNextPostHasAConnectionOfItsOwn) {
  LoopbackServer server([](Connection& c, const std::string& head) {
    if (BodySizeOf(head) > 100) {
      c.Send("HTTP/1.1 413 Too Large\r\nContent-Length: 0\r\n\r\n");
      c.AwaitClose();
      return;
    }
    c.Receive(BodySizeOf(head));
    c.Send(kTaken);
    c.AwaitClose();
  });
  auto client = HttpClient::Make(server.Url(), {}).value();
  EXPECT_EQ(StatusOf(client->Post("/", {}, "text/plain", std::string(64 << 20, 'x'))), 413);
  EXPECT_EQ(StatusOf(client->Post("/", {}, "text/plain", "small")), 204);
  EXPECT_EQ(server.connections(), 2);
}

TEST(HttpClientPost, AConnectionThatTheServerClosedMeanwhileIsMadeAnew) {
  LoopbackServer server([](Connection& c, const std::string& head) {
    c.Receive(BodySizeOf(head));
    c.Send(kTaken);
  });
  auto client = HttpClient::Make(server.Url(), {}).value();
  for (int i = 0; i < 3; ++i) {
    // The server's end may be on its way still: then there is no answer, and the caller tries
    // again.
    auto response = client->Post("/", {}, "text/plain", "x");
    if (!response.ok()) response = client->Post("/", {}, "text/plain", "x");
    EXPECT_EQ(StatusOf(response), 204);
  }
}

TEST(HttpClientPost, AfterAnAnswerThatIsNoneTheNextPostGetsItsOwn) {
  LoopbackServer server([](Connection& c, const std::string& head) {
    c.Receive(BodySizeOf(head));
    c.Send(head.starts_with("POST /bad ") ? "garbage\r\n\r\n" : kTaken);
  });
  auto client = HttpClient::Make(server.Url(), {}).value();
  EXPECT_EQ(client->Post("/bad", {}, "text/plain", "x").status().code(), Code::kUnavailable);
  EXPECT_EQ(StatusOf(client->Post("/good", {}, "text/plain", "x")), 204);
}

TEST(HttpClientPost, ATargetThatIsNoneIsRefused) {
  LoopbackServer server([](Connection&, const std::string&) {});
  auto client = HttpClient::Make(server.Url(), {}).value();
  for (const char* const target : {"", "x", "/a b", "http://other/", "/a\r\nX: y"}) {
    EXPECT_EQ(client->Post(target, {}, "text/plain", "x").status().code(), Code::kInvalidArgument)
        << target;
  }
  EXPECT_EQ(server.connections(), 0);
}

}  // namespace
}  // namespace rollcall::http
