// The end: of the front while requests are under way, of connections while their answers are.
#include "tests/support/http_front_fixture.h"

namespace rollcall::test {
namespace {

using std::chrono::milliseconds;

constexpr milliseconds kLong{30'000};

using HttpFrontStopTest = HttpFrontTest;

TEST_F(HttpFrontStopTest, FinishesARequestUnderWayAndTakesNoNewOne) {
  Start();
  const int port = front_->public_port();
  RawClient working = Connect();
  RawClient idle = Connect();
  RawClient half = Connect();
  RawClient sending = Connect();
  ASSERT_EQ(idle.Ask(Get("/a"))->status, 200);
  ASSERT_TRUE(half.Send("GET / HT"));
  ASSERT_TRUE(working.Send(Get("/hold") + Get("/never")));
  ASSERT_TRUE(
      sending.Send("POST /b HTTP/1.1\r\nHost: t\r\nExpect: 100-continue\r\n"
                   "Content-Length: 3\r\n\r\n"));
  ASSERT_EQ(sending.ReadStatus(), 100);
  auto held = Release(1);
  std::thread stopping([this] { front_->Stop(kLong); });
  EXPECT_TRUE(idle.Ended());
  EXPECT_TRUE(half.EndedOrBroken());
  EXPECT_FALSE(RawClient(port).connected());
  ASSERT_TRUE(sending.Send("abc"));
  const auto sent = sending.Read();
  ASSERT_TRUE(sent);
  EXPECT_EQ(sent->body, "POST /b abc\n");
  EXPECT_EQ(sent->Header("connection"), "close");
  held[0].Respond(http::HttpResponse::Text(200, "drained"));
  const auto reply = working.Read();
  ASSERT_TRUE(reply);
  EXPECT_EQ(reply->body, "drained\n");
  EXPECT_EQ(reply->Header("connection"), "close");
  EXPECT_TRUE(working.Ended());
  working.Close();
  sending.Close();
  stopping.join();
  EXPECT_EQ(Handled(), 3U);
  EXPECT_EQ(Metric("rollcall_http_connections{listener=\"public\"}"), 0);
}

TEST_F(HttpFrontStopTest, GivesUpWhenTheGraceIsOver) {
  Start();
  RawClient client = Connect();
  ASSERT_TRUE(client.Send(Get("/hold")));
  auto held = Release(1);
  front_->Stop(milliseconds(50));
  EXPECT_TRUE(client.EndedOrBroken());
  held[0].Respond(http::HttpResponse::Text(200, "too late"));
}

TEST_F(HttpFrontStopTest, AResponderMayOutliveTheFront) {
  Start();
  RawClient client = Connect();
  ASSERT_TRUE(client.Send(Post("/hold/1", std::string(10'000, 'x'))));
  RawClient other = Connect();
  ASSERT_TRUE(other.Send(Get("/hold/2")));
  AwaitHeld(2);
  auto held = Release(2);
  front_.reset();
  held[0].Respond(http::HttpResponse::Text(200, "nobody hears this"));
  held.clear();
}

TEST_F(HttpFrontStopTest, AResponderMayOutliveItsConnection) {
  Start();
  for (int i = 1; i <= 20; ++i) {
    RawClient client = Connect();
    ASSERT_TRUE(client.Send(Get("/hold")));
    auto held = Release(1);
    client.Reset();
    AwaitMetric("rollcall_http_closed_total{reason=\"reset\"}", i);
    // The next connection has the slot of the one that is gone, and must not get its answer.
    RawClient next = Connect();
    ASSERT_TRUE(next.Send(Get("/hold", "Connection: close\r\n")));
    auto next_held = Release(1);
    held[0].Respond(http::HttpResponse::Text(200, "for the dead"));
    next_held[0].Respond(http::HttpResponse::Text(200, "for the living"));
    EXPECT_EQ(next.Read()->body, "for the living\n");
    AwaitMetric("rollcall_http_closed_total{reason=\"answered\"}", i);
  }
}

TEST_F(HttpFrontStopTest, AnswersGivenTwiceCountOnce) {
  Start();
  RawClient client = Connect();
  ASSERT_TRUE(client.Send(Get("/hold")));
  auto held = Release(1);
  held[0].Respond(http::HttpResponse::Text(200, "once"));
  held[0].Respond(http::HttpResponse::Text(200, "twice"));
  held.clear();
  EXPECT_EQ(client.Read()->body, "once\n");
  EXPECT_EQ(client.Ask(Get("/a"))->body, "GET /a \n");
}

TEST_F(HttpFrontStopTest, StopsUnderLoadAgainAndAgain) {
  for (int round = 0; round < 10; ++round) {
    Start();
    const int port = front_->public_port();
    std::atomic<int> answered{0};
    std::vector<std::thread> clients;
    for (int c = 0; c < 4; ++c) {
      clients.emplace_back([&] {
        RawClient client(port);
        while (client.connected()) {
          const auto reply = client.Ask(Post("/a", "x"));
          if (!reply) {
            return;
          }
          ++answered;
        }
      });
    }
    while (answered < 200) {
      std::this_thread::yield();
    }
    if (round % 2 == 0) {
      front_->Stop(kLong);
    }
    front_.reset();
    for (std::thread& client : clients) {
      client.join();
    }
  }
}

TEST_F(HttpFrontStopTest, StopsWhereNobodyEverCame) {
  Start();
  front_->Stop(kLong);
  front_->Stop(kLong);
}

}  // namespace
}  // namespace rollcall::test
