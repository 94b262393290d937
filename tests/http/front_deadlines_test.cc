// Deadlines are absolute. Each test waits for the close itself, not for a time. Where a client must
// have sent something before one passes, it has kAmple.
#include "tests/support/http_front_fixture.h"

namespace rollcall::test {
namespace {

using std::chrono::milliseconds;

// Longer than a busy machine makes a client wait for its turn.
constexpr milliseconds kAmple{700};

using HttpFrontDeadlinesTest = HttpFrontTest;

TEST_F(HttpFrontDeadlinesTest, ClosesAConnectionThatNeverSaysAnything) {
  options_.idle_timeout = milliseconds(100);
  Start();
  RawClient client = Connect();
  EXPECT_TRUE(client.Ended());
  AwaitMetric("rollcall_http_closed_total{reason=\"idle\"}", 1);
}

TEST_F(HttpFrontDeadlinesTest, ClosesAConnectionThatStaysIdleAfterARequest) {
  options_.idle_timeout = kAmple;
  Start();
  RawClient client = Connect();
  ASSERT_TRUE(client.Send(Get("/a")));
  EXPECT_EQ(client.ReadStatus(), 200);
  EXPECT_TRUE(client.Ended());
  AwaitMetric("rollcall_http_closed_total{reason=\"idle\"}", 1);
}

TEST_F(HttpFrontDeadlinesTest, AnswersAHeadThatStopsWith408) {
  options_.header_timeout = milliseconds(100);
  Start();
  RawClient client = Connect();
  ASSERT_TRUE(client.Send("GET / HTTP/1.1\r\nHo"));
  const auto reply = client.Read();
  ASSERT_TRUE(reply);
  EXPECT_EQ(reply->status, 408);
  EXPECT_EQ(reply->Header("connection"), "close");
  EXPECT_TRUE(client.Ended());
  client.Close();
  AwaitMetric("rollcall_http_closed_total{reason=\"deadline_header\"}", 1);
}

TEST_F(HttpFrontDeadlinesTest, ADrippedHeadDoesNotMoveItsDeadline) {
  options_.header_timeout = milliseconds(200);
  options_.linger_timeout = milliseconds(50);
  Start();
  RawClient client = Connect();
  const auto begin = std::chrono::steady_clock::now();
  ASSERT_TRUE(client.Send("GET / HTTP/1.1\r\nA: "));
  // Sends a byte and waits a moment for an answer, until there is one.
  const timeval moment{0, 20'000};
  setsockopt(client.fd(), SOL_SOCKET, SO_RCVTIMEO, &moment, sizeof moment);
  std::optional<RawReply> reply;
  for (int i = 0; i < 1'000 && !reply; ++i) {
    client.Send("x");
    reply = client.Read();
  }
  ASSERT_TRUE(reply);
  EXPECT_EQ(reply->status, 408);
  EXPECT_GE(std::chrono::steady_clock::now() - begin, milliseconds(200));
}

TEST_F(HttpFrontDeadlinesTest, TheSecondHeadHasADeadlineOfItsOwn) {
  options_.header_timeout = milliseconds(100);
  Start();
  RawClient client = Connect();
  EXPECT_EQ(client.Ask(Get("/a") + "GET /b")->status, 200);
  EXPECT_EQ(client.ReadStatus(), 408);
}

TEST_F(HttpFrontDeadlinesTest, AnswersABodyThatStopsWith408) {
  options_.body_timeout = milliseconds(100);
  Start();
  for (const std::string framing :
       {"Content-Length: 10\r\n\r\nhel", "Transfer-Encoding: chunked\r\n\r\n5\r\nhel"}) {
    RawClient client = Connect();
    ASSERT_TRUE(client.Send("POST / HTTP/1.1\r\nHost: t\r\n" + framing));
    EXPECT_EQ(client.ReadStatus(), 408);
    EXPECT_TRUE(client.Ended());
  }
  AwaitMetric("rollcall_http_closed_total{reason=\"deadline_body\"}", 2);
  EXPECT_EQ(Handled(), 0U);
}

TEST_F(HttpFrontDeadlinesTest, ARequestThatIsWorkedOnHasNoDeadline) {
  options_.idle_timeout = options_.header_timeout = options_.body_timeout = kAmple;
  Start();
  RawClient client = Connect();
  ASSERT_TRUE(client.Send(Get("/hold")));
  auto responders = Release(1);
  RawClient other = Connect();
  EXPECT_TRUE(other.Ended());  // by then every deadline has passed
  responders[0].Respond(http::HttpResponse::Text(200, "late"));
  EXPECT_EQ(client.Read()->body, "late\n");
}

TEST_F(HttpFrontDeadlinesTest, ClosesAReaderWhoDoesNotTakeTheAnswer) {
  options_.write_timeout = milliseconds(200);
  Start();
  RawClient client = Connect(4096);
  ASSERT_TRUE(client.Send(Get("/large/50000000")));
  AwaitMetric("rollcall_http_closed_total{reason=\"slow_reader\"}", 1);
  EXPECT_LT(client.ReadAll().size(), 50'000'000U);
  AwaitMetric("rollcall_http_buffered_bytes", 0);
}

TEST_F(HttpFrontDeadlinesTest, ALingeringConnectionEnds) {
  options_.linger_timeout = milliseconds(100);
  Start();
  RawClient client = Connect();
  ASSERT_TRUE(client.Send("POST /refuse HTTP/1.1\r\nHost: t\r\nContent-Length: 100\r\n\r\n"));
  EXPECT_EQ(client.ReadStatus(), 422);
  EXPECT_TRUE(client.Ended());
  AwaitMetric("rollcall_http_connections{listener=\"public\"}", 0);
}

}  // namespace
}  // namespace rollcall::test
