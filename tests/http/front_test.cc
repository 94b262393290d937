// What a client of the front sees of requests that are as they should be.
#include <random>

#include "tests/support/gzip.h"
#include "tests/support/http_front_fixture.h"

namespace rollcall::test {
namespace {

TEST_F(HttpFrontTest, AnswersARequestAndKeepsTheConnection) {
  Start();
  RawClient client = Connect();
  for (int i = 0; i < 3; ++i) {
    const auto reply = client.Ask(Post("/a?b=c", "body"));
    ASSERT_TRUE(reply);
    EXPECT_EQ(reply->status, 200);
    EXPECT_EQ(reply->body, "POST /a?b=c body\n");
    EXPECT_EQ(reply->Header("connection"), "");
    EXPECT_NE(reply->Header("date"), "");
  }
  EXPECT_EQ(Metric("rollcall_http_connections_accepted_total{listener=\"public\"}"), 1);
  EXPECT_EQ(Metric("rollcall_http_connections{listener=\"public\"}"), 1);
  client.Close();
  AwaitMetric("rollcall_http_closed_total{reason=\"peer\"}", 1);
  AwaitMetric("rollcall_http_connections{listener=\"public\"}", 0);
}

TEST_F(HttpFrontTest, TellsTheListenersApart) {
  Start();
  RawClient client(front_->private_port());
  ASSERT_EQ(client.Ask(Get("/a"))->status, 200);
  EXPECT_EQ(LastRequest().listener, http::Listener::kPrivate);
  ASSERT_EQ(Connect().Ask(Get("/a"))->status, 200);
  EXPECT_EQ(LastRequest().listener, http::Listener::kPublic);
}

TEST_F(HttpFrontTest, HasNoPrivateListenerWhereNoneIsWanted) {
  options_.private_address.clear();
  Start();
  EXPECT_EQ(front_->private_port(), 0);
  EXPECT_EQ(Connect().Ask(Get("/a"))->status, 200);
}

TEST_F(HttpFrontTest, ClosesWhenAskedTo) {
  Start();
  RawClient client = Connect();
  const auto reply = client.Ask(Get("/a", "Connection: close\r\n"));
  ASSERT_TRUE(reply);
  EXPECT_EQ(reply->Header("connection"), "close");
  EXPECT_TRUE(client.Ended());
  AwaitMetric("rollcall_http_closed_total{reason=\"answered\"}", 1);
}

TEST_F(HttpFrontTest, ClosesAfterHttp10UnlessAskedNotTo) {
  Start();
  RawClient closing = Connect();
  EXPECT_EQ(closing.Ask("GET /a HTTP/1.0\r\n\r\n")->status, 200);
  EXPECT_TRUE(closing.Ended());

  RawClient staying = Connect();
  for (int i = 0; i < 2; ++i) {
    const auto reply = staying.Ask("GET /a HTTP/1.0\r\nConnection: keep-alive\r\n\r\n");
    ASSERT_TRUE(reply);
    EXPECT_EQ(reply->Header("connection"), "keep-alive");
  }
}

TEST_F(HttpFrontTest, TakesARequestByteByByte) {
  Start();
  RawClient client = Connect();
  ASSERT_TRUE(client.SendSlowly(Post("/a", "hello")));
  EXPECT_EQ(client.Read()->body, "POST /a hello\n");
  ASSERT_TRUE(
      client.SendSlowly("POST /b HTTP/1.1\r\nHost: t\r\nTransfer-Encoding: "
                        "chunked\r\n\r\n3;x\r\nabc\r\n2\r\nde\r\n0\r\n"
                        "T: u\r\n\r\n"));
  EXPECT_EQ(client.Read()->body, "POST /b abcde\n");
}

TEST_F(HttpFrontTest, AnswersPipelinedRequestsInOrder) {
  Start();
  RawClient client = Connect();
  std::string requests;
  for (int i = 0; i < 100; ++i) {
    const std::string target = "/" + std::to_string(i);
    if (i % 3 == 0) {
      requests += Post(target, "body");
    } else if (i % 3 == 1) {
      requests += "POST " + target + " HTTP/1.1\r\nHost: t\r\nTransfer-Encoding: chunked\r\n\r\n" +
                  "4\r\nbody\r\n0\r\n\r\n";
    } else {
      requests += "\r\nPOST " + target + " HTTP/1.1\r\nHost: t\r\nContent-Length: 4\r\n\r\nbody";
    }
  }
  ASSERT_TRUE(client.Send(requests));
  for (int i = 0; i < 100; ++i) {
    const auto reply = client.Read();
    ASSERT_TRUE(reply) << i;
    EXPECT_EQ(reply->body, "POST /" + std::to_string(i) + " body\n");
  }
}

TEST_F(HttpFrontTest, StartsAPipelinedRequestOnlyAfterTheAnswerBefore) {
  Start();
  RawClient client = Connect();
  ASSERT_TRUE(client.Send(Get("/hold/1") + Get("/hold/2")));
  auto first = Release(1);
  ASSERT_EQ(first.size(), 1U);
  EXPECT_EQ(Connect().Ask(Get("/other"))->status, 200);
  EXPECT_EQ(Handled(), 2U);
  first[0].Respond(http::HttpResponse::Text(200, "first"));
  EXPECT_EQ(client.Read()->body, "first\n");
  Release(1)[0].Respond(http::HttpResponse::Text(200, "second"));
  EXPECT_EQ(client.Read()->body, "second\n");
}

TEST_F(HttpFrontTest, DoesNotReadAheadOfAnUnansweredRequest) {
  Start();
  RawClient client = Connect();
  ASSERT_TRUE(client.Send(Get("/hold")));
  auto responders = Release(1);
  // More than the kernel's buffers take, so the sender must be held up.
  const timeval brief{0, 200'000};
  setsockopt(client.fd(), SOL_SOCKET, SO_SNDTIMEO, &brief, sizeof brief);
  const std::string flood(1 << 20, 'x');
  int sent = 0;
  while (sent < 64 && client.Send(flood)) {
    ++sent;
  }
  EXPECT_LT(sent, 64);
  EXPECT_LE(Metric("rollcall_http_buffered_bytes"), 2.0 * 32 * 1024);
}

TEST_F(HttpFrontTest, AnswersHeadWithoutABody) {
  Start();
  RawClient client = Connect();
  ASSERT_TRUE(client.Send("HEAD /a HTTP/1.1\r\nHost: t\r\n\r\n" + Get("/b")));
  const auto head = client.Read(true);
  ASSERT_TRUE(head);
  EXPECT_EQ(head->Header("content-length"), std::to_string(std::string("HEAD /a \n").size()));
  EXPECT_EQ(client.Read()->body, "GET /b \n");
}

TEST_F(HttpFrontTest, ContinuesOnlyARequestThatItTakes) {
  Start();
  RawClient client = Connect();
  const std::string headers = "Expect: 100-continue\r\n";
  ASSERT_TRUE(
      client.Send("POST /a HTTP/1.1\r\nHost: t\r\n" + headers + "Content-Length: 4\r\n\r\n"));
  EXPECT_EQ(client.Read()->status, 100);
  EXPECT_EQ(client.Ask("body")->body, "POST /a body\n");

  ASSERT_TRUE(
      client.Send("POST /refuse HTTP/1.1\r\nHost: t\r\n" + headers + "Content-Length: 4\r\n\r\n"));
  EXPECT_EQ(client.Read()->status, 422);
  EXPECT_TRUE(client.Ended());

  RawClient large = Connect();
  EXPECT_EQ(
      large.Ask("POST /a HTTP/1.1\r\nHost: t\r\n" + headers + "Content-Length: 999999999\r\n\r\n")
          ->status,
      413);
  RawClient empty = Connect();
  EXPECT_EQ(
      empty.Ask("POST /a HTTP/1.1\r\nHost: t\r\n" + headers + "Content-Length: 0\r\n\r\n")->status,
      200);
  EXPECT_EQ(Connect().Ask(Post("/a", "x", "Expect: tea\r\n"))->status, 417);
}

TEST_F(HttpFrontTest, InflatesGzip) {
  Start();
  RawClient client = Connect();
  for (const std::string coding : {"gzip", "GZIP", "x-gzip"}) {
    const auto reply = client.Ask(
        Post("/a", Gzip("hello ") + Gzip("world"), "Content-Encoding: " + coding + "\r\n"));
    ASSERT_TRUE(reply);
    EXPECT_EQ(reply->body, "POST /a hello world\n");
    EXPECT_EQ(LastRequest().Header("Content-Encoding"), std::nullopt);
  }
  EXPECT_EQ(client.Ask(Post("/a", "plain", "Content-Encoding: identity\r\n"))->body,
            "POST /a plain\n");
}

TEST_F(HttpFrontTest, AnswersARequestWhoseSenderHasClosedItsSide) {
  Start();
  RawClient client = Connect();
  ASSERT_TRUE(client.Send(Post("/a", "1") + Post("/b", "2")));
  client.EndSending();
  EXPECT_EQ(client.Read()->body, "POST /a 1\n");
  EXPECT_EQ(client.Read()->body, "POST /b 2\n");
  EXPECT_TRUE(client.Ended());
}

TEST_F(HttpFrontTest, CarriesBodiesOfEverySizeBothWays) {
  Start();
  RawClient client = Connect();
  std::mt19937 random(5);
  for (const size_t size : {1UL, 4095UL, 4096UL, 4097UL, 32768UL, 65535UL, 65536UL}) {
    std::string body(size, '\0');
    for (char& c : body) {
      c = static_cast<char>(random());
    }
    EXPECT_EQ(client.Ask(Post("/a", body))->body, "POST /a " + body + "\n") << size;
  }
  EXPECT_EQ(client.Ask(Get("/large/20000000"))->body.size(), 20'000'000U);
}

TEST_F(HttpFrontTest, AnswersAtTheHeadAndKeepsTheConnectionWhereNoBodyFollows) {
  Start();
  RawClient client = Connect();
  EXPECT_EQ(client.Ask(Get("/refuse"))->body, "refused at its head\n");
  EXPECT_EQ(client.Ask(Get("/a"))->status, 200);
  EXPECT_EQ(client.Ask(Post("/refuse", "x"))->Header("connection"), "close");
  EXPECT_TRUE(client.Ended());
}

TEST_F(HttpFrontTest, AnswersForAHandlerThatDoesNot) {
  Start();
  RawClient client = Connect();
  for (const std::string target : {"/drop", "/throw"}) {
    const auto reply = client.Ask(Get(target));
    ASSERT_TRUE(reply);
    EXPECT_EQ(reply->status, 500);
    EXPECT_EQ(reply->body, "internal error\n");
    EXPECT_EQ(reply->head.find("secret"), std::string::npos);
  }
}

TEST_F(HttpFrontTest, ReducesAnAbsoluteTarget) {
  Start();
  EXPECT_EQ(Connect().Ask("GET http://example.org/a HTTP/1.1\r\nHost: t\r\n\r\n")->body,
            "GET /a \n");
}

TEST_F(HttpFrontTest, ReportsAnAddressItCannotHave) {
  Start();
  http::FrontOptions options = options_;
  options.public_address = "127.0.0.1:" + std::to_string(front_->public_port());
  auto second = http::HttpFront::Start(
      options, [](const http::HttpRequest&) { return http::HeadVerdict(); }, registry_);
  ASSERT_FALSE(second.ok());
  EXPECT_EQ(second.status().message(),
            "listen on " + options.public_address + ": Address already in use");
}

}  // namespace
}  // namespace rollcall::test
