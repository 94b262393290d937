// Bounds on what all senders together may take: connections, descriptors, threads, queues, memory.
#include <fcntl.h>
#include <sys/resource.h>

#include <fstream>
#include <latch>
#include <sstream>

#include "tests/support/gzip.h"
#include "tests/support/http_front_fixture.h"

namespace rollcall::test {
namespace {

using HttpFrontBoundsTest = HttpFrontTest;

int Threads() {
  std::ifstream status("/proc/self/status");
  std::string line;
  while (std::getline(status, line)) {
    if (line.starts_with("Threads:")) {
      return std::stoi(line.substr(8));
    }
  }
  return -1;
}

TEST_F(HttpFrontBoundsTest, TwoThousandIdleConnectionsCostNoThreadAndDelayNoOne) {
  Start();
  RawClient active = Connect();
  EXPECT_EQ(active.Ask(Post("/a", "x"))->status, 200);
  const int threads = Threads();
  std::vector<RawClient> idle;
  for (int i = 0; i < 2'000; ++i) {
    idle.push_back(Connect());
    ASSERT_TRUE(idle.back().connected()) << i;
    if (i % 2 == 0) {
      ASSERT_TRUE(idle.back().Send("POST / HTTP/1.1\r\nHo"));
    }
  }
  AwaitMetric("rollcall_http_connections{listener=\"public\"}", 2'001);
  for (int i = 0; i < 500; ++i) {
    ASSERT_EQ(active.Ask(Post("/a", "x"))->status, 200);
  }
  EXPECT_EQ(Threads(), threads);
  EXPECT_EQ(Metric("rollcall_http_connections{listener=\"public\"}"), 2'001);
  ASSERT_TRUE(idle[0].Send("st: t\r\nContent-Length: 1\r\n\r\nz"));
  EXPECT_EQ(idle[0].Read()->body, "POST / z\n");
}

TEST_F(HttpFrontBoundsTest, ANewConnectionTakesThePlaceOfTheOneIdleLongest) {
  options_.max_connections = 3;
  Start();
  RawClient first = Connect();
  RawClient second = Connect();
  RawClient third = Connect();
  ASSERT_EQ(first.Ask(Get("/1"))->status, 200);
  ASSERT_EQ(third.Ask(Get("/3"))->status, 200);
  ASSERT_EQ(second.Ask(Get("/2"))->status, 200);
  ASSERT_EQ(first.Ask(Get("/1"))->status, 200);
  RawClient fourth = Connect();
  EXPECT_EQ(fourth.Ask(Get("/4"))->status, 200);
  EXPECT_TRUE(third.Ended());
  EXPECT_EQ(first.Ask(Get("/1"))->status, 200);
  EXPECT_EQ(second.Ask(Get("/2"))->status, 200);
  EXPECT_EQ(Metric("rollcall_http_closed_total{reason=\"evicted\"}"), 1);
}

TEST_F(HttpFrontBoundsTest, RefusesAConnectionWhereNoneIsIdle) {
  options_.max_connections = 2;
  Start();
  RawClient first = Connect();
  RawClient second = Connect();
  ASSERT_TRUE(first.Send(Get("/hold/1")));
  ASSERT_TRUE(second.Send(Get("/hold/2")));
  AwaitHeld(2);
  RawClient third = Connect();
  const auto reply = third.Read();
  ASSERT_TRUE(reply);
  EXPECT_EQ(reply->status, 503);
  EXPECT_NE(reply->Header("retry-after"), "");
  EXPECT_TRUE(third.Ended());
  EXPECT_EQ(Metric("rollcall_http_rejected_total{reason=\"connections\"}"), 1);
  for (http::Responder& responder : Release(2)) {
    responder.Respond(http::HttpResponse::Text(200, "done"));
  }
  EXPECT_EQ(first.ReadStatus(), 200);
  EXPECT_EQ(Connect().Ask(Get("/a"))->status, 200);
}

// Takes all descriptors of the process while it lives, but for `left`.
class DescriptorFamine {
 public:
  explicit DescriptorFamine(int left) {
    getrlimit(RLIMIT_NOFILE, &before_);
    rlimit low = before_;
    low.rlim_cur = 256;
    setrlimit(RLIMIT_NOFILE, &low);
    for (int fd = open("/dev/null", O_RDONLY); fd >= 0; fd = open("/dev/null", O_RDONLY)) {
      taken_.push_back(fd);
    }
    for (; left > 0 && !taken_.empty(); --left) {
      Give();
    }
  }
  ~DescriptorFamine() {
    while (!taken_.empty()) {
      Give();
    }
    setrlimit(RLIMIT_NOFILE, &before_);
  }
  void Give() {
    ::close(taken_.back());
    taken_.pop_back();
  }

 private:
  rlimit before_{};
  std::vector<int> taken_;
};

TEST_F(HttpFrontBoundsTest, LivesThroughAFamineOfDescriptors) {
  Start();
  RawClient busy = Connect();
  ASSERT_TRUE(busy.Send(Get("/hold")));
  auto held = Release(1);
  {
    DescriptorFamine famine(1);
    RawClient refused = Connect();  // takes the last one, so the server has none for its end
    ASSERT_TRUE(refused.connected());
    EXPECT_EQ(refused.ReadStatus(), 503);
    EXPECT_TRUE(refused.Ended());
  }
  RawClient idle = Connect();
  EXPECT_EQ(idle.Ask(Get("/a"))->status, 200);
  {
    DescriptorFamine famine(1);
    RawClient taken = Connect();
    EXPECT_EQ(taken.Ask(Get("/b"))->status, 200);  // in the idle one's place
    EXPECT_TRUE(idle.Ended());
  }
  held[0].Respond(http::HttpResponse::Text(200, "done"));
  EXPECT_EQ(busy.Read()->body, "done\n");
}

TEST_F(HttpFrontBoundsTest, AFullLaneAnswers503AndTheOtherGoesOn) {
  options_.query_queue = 2;
  Start();
  std::vector<RawClient> held;
  for (int i = 0; i < 2; ++i) {
    held.push_back(Connect());
    ASSERT_TRUE(held.back().Send(Get("/query/hold")));
  }
  AwaitHeld(2);
  EXPECT_EQ(Metric("rollcall_http_queue_length{lane=\"query\"}"), 2);
  RawClient client = Connect();
  for (int i = 0; i < 2; ++i) {
    const auto reply = client.Ask(Get("/query"));
    ASSERT_TRUE(reply);
    EXPECT_EQ(reply->status, 503);
    EXPECT_NE(reply->Header("retry-after"), "");
    EXPECT_EQ(client.Ask(Post("/report", "x"))->status, 200);
  }
  EXPECT_EQ(Metric("rollcall_http_rejected_total{reason=\"lane_full\"}"), 2);
  Release(2)[0].Respond(http::HttpResponse());
  EXPECT_EQ(held[0].ReadStatus() + held[1].ReadStatus(), 700);  // the other was let go: 500
  EXPECT_EQ(client.Ask(Get("/query"))->status, 200);
}

TEST_F(HttpFrontBoundsTest, BodiesOfAllConnectionsTogetherAreBounded) {
  options_.max_buffered_bytes = 100 * 1024;
  Start();
  std::vector<RawClient> senders;
  const std::string body(60 * 1024, 'x');
  RawClient first = Connect();
  ASSERT_TRUE(first.Send(Post("/hold", body)));
  AwaitHeld(1);
  RawClient second = Connect();
  second.Send(Post("/a", body));
  const auto reply = second.Read();
  ASSERT_TRUE(reply);
  EXPECT_EQ(reply->status, 503);
  EXPECT_NE(reply->Header("retry-after"), "");
  EXPECT_EQ(Metric("rollcall_http_rejected_total{reason=\"buffers_full\"}"), 1);
  Release(1);
  EXPECT_EQ(first.ReadStatus(), 500);
  EXPECT_EQ(Connect().Ask(Post("/a", body))->status, 200);
  AwaitMetric("rollcall_http_buffered_bytes", 0);
}

TEST_F(HttpFrontBoundsTest, InflatedBodiesAndHalfHeadsCountToo) {
  options_.max_buffered_bytes = 50 * 1024;
  Start();
  RawClient client = Connect();
  const auto reply =
      client.Ask(Post("/a", Gzip(std::string(60 * 1024, 'x')), "Content-Encoding: gzip\r\n"));
  ASSERT_TRUE(reply);
  EXPECT_EQ(reply->status, 503);
  const std::string half = "GET / HTTP/1.1\r\nA: " + std::string(20 * 1024, 'x');
  std::vector<RawClient> dripping;
  int refused = 0;
  for (int i = 0; i < 5; ++i) {
    dripping.push_back(Connect());
    ASSERT_TRUE(dripping.back().Send(half));
    const auto peeked = [&] {
      char c = 0;
      const timeval moment{0, 200'000};
      setsockopt(dripping.back().fd(), SOL_SOCKET, SO_RCVTIMEO, &moment, sizeof moment);
      return recv(dripping.back().fd(), &c, 1, MSG_PEEK) > 0;
    };
    if (peeked()) {
      EXPECT_EQ(dripping.back().ReadStatus(), 503);
      ++refused;
    }
  }
  EXPECT_GE(refused, 1);
  EXPECT_LE(Metric("rollcall_http_buffered_bytes"), 100 * 1024);
}

TEST_F(HttpFrontBoundsTest, AClaimedLengthReservesNothing) {
  options_.max_buffered_bytes = 100 * 1024;
  Start();
  std::vector<RawClient> claimers;
  for (int i = 0; i < 20; ++i) {
    claimers.push_back(Connect());
    ASSERT_TRUE(
        claimers.back().Send("POST / HTTP/1.1\r\nHost: t\r\nContent-Length: 60000\r\n\r\nx"));
  }
  EXPECT_EQ(Connect().Ask(Post("/a", "x"))->status, 200);
  EXPECT_LE(Metric("rollcall_http_buffered_bytes"), 100 * 1024);
}

TEST_F(HttpFrontBoundsTest, ManyClientsAtOnceEachGetTheirOwnAnswers) {
  Start();
  constexpr int kClients = 8;
  constexpr int kRequests = 400;
  std::vector<std::thread> clients;
  std::atomic<int> right{0};
  for (int c = 0; c < kClients; ++c) {
    clients.emplace_back([&, c] {
      RawClient client = Connect();
      for (int i = 0; i < kRequests; ++i) {
        const std::string body = std::to_string(c) + "/" + std::to_string(i);
        const std::string target = i % 2 == 0 ? "/query" : "/a";
        const auto reply = client.Ask(Post(target, body));
        right += reply && reply->body == "POST " + target + " " + body + "\n" ? 1 : 0;
      }
    });
  }
  for (std::thread& client : clients) {
    client.join();
  }
  EXPECT_EQ(right, kClients * kRequests);
}

}  // namespace
}  // namespace rollcall::test
