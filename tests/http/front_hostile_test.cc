// What the front does with senders that are broken or mean it.
#include <fstream>
#include <random>

#include "tests/support/gzip.h"
#include "tests/support/http_front_fixture.h"

namespace rollcall::test {
namespace {

using HttpFrontHostileTest = HttpFrontTest;

TEST_F(HttpFrontHostileTest, AnswersWhatItRefusesAndCloses) {
  Start();
  const std::string gzip = "Content-Encoding: gzip\r\n";
  const std::string chunked = "POST / HTTP/1.1\r\nHost: t\r\nTransfer-Encoding: chunked\r\n\r\n";
  struct Case {
    std::string bytes;
    int status;
    const char* reason;
  };
  const std::vector<Case> cases = {
      {"GET / HTTP/1.1\nHost: t\n\n", 400, "malformed"},
      {"\x16\x03\x01\x02\x05", 400, "malformed"},
      {"GET / HTTP/1.1\r\n\r\n", 400, "malformed"},
      {"GET / HTTP/3.0\r\nHost: t\r\n\r\n", 505, "malformed"},
      {Post("/", "x", "Content-Length: 1\r\n"), 400, "malformed"},
      {Post("/", "x", "Transfer-Encoding: chunked\r\n"), 400, "malformed"},
      {Get("/", "Transfer-Encoding: gzip, chunked\r\n"), 501, "malformed"},
      {Get("/", "A: " + std::string(40'000, 'x') + "\r\n"), 431, "header_limit"},
      {Get("/" + std::string(9'000, 'x')), 414, "header_limit"},
      {Get("/" + std::string(100'000, 'x')), 414, "header_limit"},
      {chunked + "5\nhello", 400, "malformed"},
      {chunked + "5\r\nhello!", 400, "malformed"},
      {chunked + "0\r\nA: " + std::string(40'000, 'x'), 431, "header_limit"},
      {Post("/", std::string(kMaxBodyBytes + 1, 'x')), 413, "body_limit"},
      {"POST / HTTP/1.1\r\nHost: t\r\nContent-Length: 18446744073709551615\r\n\r\n", 413,
       "body_limit"},
      {chunked + "ffffffffffff\r\n" + std::string(kMaxBodyBytes + 1, 'x'), 413, "body_limit"},
      {Post("/", "x", "Content-Encoding: br\r\n"), 415, "coding"},
      {Post("/", "x", "Content-Encoding: gzip, gzip\r\n"), 415, "coding"},
      {Post("/", "x", "Expect: tea\r\n"), 417, "expectation"},
      {Post("/", Gzip("x") + std::string(kMaxBodyBytes, 'x'), gzip), 413, "body_limit"},
  };
  for (const Case& c : cases) {
    const std::string metric =
        std::string("rollcall_http_rejected_total{reason=\"") + c.reason + "\"}";
    const double before = Metric(metric);
    RawClient client = Connect();
    client.Send(c.bytes);
    const auto reply = client.Read();
    ASSERT_TRUE(reply) << c.bytes.substr(0, 100);
    EXPECT_EQ(reply->status, c.status) << c.bytes.substr(0, 100);
    EXPECT_EQ(reply->Header("connection"), "close");
    EXPECT_TRUE(reply->body.ends_with("\n"));
    EXPECT_TRUE(client.Ended()) << c.bytes.substr(0, 100);
    EXPECT_EQ(Metric(metric), before + 1);
  }
  EXPECT_EQ(Handled(), 0U);
}

TEST_F(HttpFrontHostileTest, ChecksSyntaxThenTheHeadThenSizeThenCoding) {
  Start();
  const auto status = [this](const std::string& bytes) {
    RawClient client = Connect();
    client.Send(bytes);
    return client.ReadStatus();
  };
  const std::string large = "Content-Length: 99999999\r\n";
  EXPECT_EQ(status("POST /refuse HTTP/1.1\r\n" + large + "\r\n"), 400);  // no Host
  EXPECT_EQ(status("POST /refuse HTTP/1.1\r\nHost: t\r\nContent-Encoding: br\r\n" + large + "\r\n"),
            422);
  EXPECT_EQ(status("POST / HTTP/1.1\r\nHost: t\r\nContent-Encoding: br\r\n" + large + "\r\n"), 413);
}

TEST_F(HttpFrontHostileTest, RefusesBadGzipAndKeepsTheConnection) {
  Start();
  RawClient client = Connect();
  const std::string good = Gzip("hello");
  const std::string bomb = Gzip(std::string(size_t{64} << 20, '\0'));
  const std::string bomb_of_members = Gzip(std::string(kMaxBodyBytes, 'x')) + Gzip("y");
  ASSERT_LE(bomb.size(), kMaxBodyBytes);
  const std::vector<std::pair<std::string, int>> cases = {
      {good, 200},        {"hello", 400}, {good.substr(0, 15), 400}, {good + "x", 400}, {"", 400},
      {good + good, 200}, {bomb, 413},    {bomb_of_members, 413},    {Gzip(""), 200},
  };
  for (const auto& [body, wanted] : cases) {
    const auto reply = client.Ask(Post("/", body, "Content-Encoding: gzip\r\n"));
    ASSERT_TRUE(reply);
    EXPECT_EQ(reply->status, wanted) << body.size();
  }
}

TEST_F(HttpFrontHostileTest, NeverHandsOnATruncatedRequest) {
  Start();
  const std::string request =
      "POST /a HTTP/1.1\r\nHost: t\r\nX-Cluster-ID: c\r\nTransfer-Encoding: chunked\r\n\r\n"
      "3\r\nabc\r\n0\r\nT: u\r\n\r\n";
  for (size_t size = 0; size < request.size(); ++size) {
    RawClient client = Connect();
    ASSERT_TRUE(client.Send(std::string_view(request).substr(0, size)));
    client.EndSending();
    EXPECT_TRUE(client.Ended()) << size;
  }
  EXPECT_EQ(Handled(), 0U);
  const std::string fixed = Post("/a", "hello");
  for (size_t size = 0; size < fixed.size(); ++size) {
    RawClient client = Connect();
    ASSERT_TRUE(client.Send(std::string_view(fixed).substr(0, size)));
    client.EndSending();
    EXPECT_TRUE(client.Ended()) << size;
  }
  EXPECT_EQ(Handled(), 0U);
}

TEST_F(HttpFrontHostileTest, NoSmuggledRequestReachesTheApplication) {
  Start();
  const std::string inner = "GET /smuggled HTTP/1.1\r\nHost: t\r\n\r\n";
  const std::vector<std::string> attempts = {
      // One header says that the inner request is a body, the other that it is not.
      "POST / HTTP/1.1\r\nHost: t\r\nContent-Length: " + std::to_string(inner.size() + 5) +
          "\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n" + inner,
      "POST / HTTP/1.1\r\nHost: t\r\nContent-Length: 0\r\nContent-Length: " +
          std::to_string(inner.size()) + "\r\n\r\n" + inner,
      "POST / HTTP/1.1\r\nHost: t\r\nContent-Length: 0," + std::to_string(inner.size()) +
          "\r\n\r\n" + inner,
      "POST / HTTP/1.1\r\nHost: t\r\nTransfer-Encoding: xchunked\r\n\r\n" + inner,
      "POST / HTTP/1.1\r\nHost: t\r\nTransfer-Encoding : chunked\r\n\r\n" + inner,
      "POST / HTTP/1.1\r\nHost: t\r\nX: a\n" + inner,
      "POST / HTTP/1.1\r\nHost: t\r\nTransfer-Encoding: chunked\r\n\r\n0 \r\n\r\n" + inner,
      "POST / HTTP/1.1\r\nHost: t\r\nTransfer-Encoding: chunked\r\n\r\n1\r\nxx\r\n0\r\n\r\n" +
          inner,
      "POST / HTTP/1.1\r\nHost: t\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\n" + inner,
      "POST / HTTP/1.0\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n" + inner,
      // Answered at its head: the body is not a request.
      "POST /refuse HTTP/1.1\r\nHost: t\r\nContent-Length: " + std::to_string(inner.size()) +
          "\r\n\r\n" + inner,
      // The body of an upload over the cap is not one either.
      "POST / HTTP/1.1\r\nHost: t\r\nContent-Length: 999999999\r\n\r\n" + inner,
  };
  for (const std::string& attempt : attempts) {
    RawClient client = Connect();
    client.Send(attempt);
    const auto reply = client.Read();
    ASSERT_TRUE(reply) << attempt;
    EXPECT_GE(reply->status, 400) << attempt;
    EXPECT_TRUE(client.Ended()) << attempt;
  }
  EXPECT_EQ(Handled(), 0U);
}

TEST_F(HttpFrontHostileTest, LetsASenderOfAnUnreadBodyReadTheAnswer) {
  Start();
  // Many times what fits into the kernel's buffers: without draining, the sender would see a reset.
  const std::string body(8 << 20, 'x');
  for (int i = 0; i < 5; ++i) {
    RawClient client = Connect();
    EXPECT_TRUE(client.Send(Post("/", body)));
    const auto reply = client.Read();
    ASSERT_TRUE(reply);
    EXPECT_EQ(reply->status, 413);
    EXPECT_TRUE(client.Ended());
  }
}

TEST_F(HttpFrontHostileTest, CutsOffASenderWhoNeverStops) {
  Start();
  RawClient client = Connect();
  ASSERT_TRUE(client.Send("POST / HTTP/1.1\r\nHost: t\r\nContent-Length: 999999999\r\n\r\n"));
  const std::string piece(1 << 20, 'x');
  int sent = 0;
  while (sent < 500 && client.Send(piece)) {
    ++sent;
  }
  EXPECT_LT(sent, 100);
}

TEST_F(HttpFrontHostileTest, LivesThroughRandomAndMutatedRequests) {
  options_.linger_timeout = std::chrono::milliseconds(50);
  Start();
  std::mt19937 random(13);
  const std::vector<std::string> seeds = {
      Post("/a", "hello") + Get("/b"),
      "POST /c HTTP/1.1\r\nHost: t\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n0\r\n\r\n",
      Post("/d", Gzip("hello"), "Content-Encoding: gzip\r\n"),
      "HEAD /e HTTP/1.0\r\nConnection: keep-alive\r\nExpect: 100-continue\r\n\r\n",
  };
  for (int round = 0; round < 2'000; ++round) {
    std::string bytes = seeds[random() % seeds.size()];
    if (round % 10 == 0) {
      bytes.assign(random() % 3'000, '\0');
      for (char& c : bytes) {
        c = static_cast<char>(random());
      }
    } else {
      for (size_t edits = 1 + random() % 5; edits > 0 && !bytes.empty(); --edits) {
        const size_t at = random() % bytes.size();
        switch (random() % 4) {
          case 0:
            bytes[at] = static_cast<char>(random());
            break;
          case 1:
            bytes.erase(at, 1 + random() % 8);
            break;
          case 2:
            bytes.insert(at, bytes.substr(random() % bytes.size(), random() % 40));
            break;
          default:
            bytes.insert(at, "\r\n");
        }
      }
    }
    RawClient client = Connect();
    ASSERT_TRUE(client.connected());
    client.Send(bytes);
    if (round % 7 == 0) {
      client.Reset();
      continue;
    }
    client.EndSending();
    const std::string replies = client.ReadAll();
    EXPECT_TRUE(replies.empty() || replies.starts_with("HTTP/1.1 ")) << replies;
  }
  EXPECT_EQ(Connect().Ask(Post("/a", "alive"))->body, "POST /a alive\n");
  AwaitMetric("rollcall_http_buffered_bytes", 0);
  AwaitMetric("rollcall_http_queue_length{lane=\"ingest\"}", 0);
}

}  // namespace
}  // namespace rollcall::test
