// A streamed answer is made no faster than its reader takes it, and one that was cut short never
// looks whole.
#include "tests/support/http_front_fixture.h"

namespace rollcall::test {
namespace {

using std::chrono::milliseconds;

// De-chunks what came; nullopt where the last chunk is missing or a size is wrong.
std::optional<std::string> Dechunked(std::string_view bytes) {
  std::string body;
  for (;;) {
    const size_t line_end = bytes.find("\r\n");
    if (line_end == std::string_view::npos) return std::nullopt;
    const size_t size = std::strtoul(std::string(bytes.substr(0, line_end)).c_str(), nullptr, 16);
    bytes.remove_prefix(line_end + 2);
    if (bytes.size() < size + 2 || bytes.substr(size, 2) != "\r\n") return std::nullopt;
    body += bytes.substr(0, size);
    bytes.remove_prefix(size + 2);
    if (size == 0) return bytes.empty() ? std::optional(body) : std::nullopt;
  }
}

class HttpFrontStreamTest : public HttpFrontTest {
 protected:
  // The head is taken off; the rest is what came until the connection ended.
  static std::string BodyOf(const std::string& all) {
    const size_t end = all.find("\r\n\r\n");
    return end == std::string::npos ? "" : all.substr(end + 4);
  }
  void AwaitNoStreams() const {
    Await([this] { return streams_ == 0; });
    EXPECT_EQ(streams_, 0u);
  }
};

TEST_F(HttpFrontStreamTest, AStreamComesInChunksAndTheConnectionGoesOn) {
  Start();
  RawClient client = Connect();
  ASSERT_TRUE(
      client.Send(Get("/stream/5") + Get("/stream/3") + Get("/after", "Connection: close\r\n")));
  const std::string all = client.ReadAll();
  EXPECT_NE(all.find("Transfer-Encoding: chunked\r\n"), std::string::npos);
  EXPECT_EQ(all.find("Content-Length: 0"), std::string::npos);
  const size_t second = all.find("HTTP/1.1 200 OK", 1);
  const size_t third = all.find("HTTP/1.1 200 OK", second + 1);
  ASSERT_NE(third, std::string::npos);
  EXPECT_EQ(Dechunked(BodyOf(all.substr(0, second))), AllPieces(5));
  EXPECT_EQ(Dechunked(BodyOf(all.substr(second, third - second))), AllPieces(3));
  EXPECT_EQ(BodyOf(all.substr(third)), "GET /after \n");
  AwaitNoStreams();
}

TEST_F(HttpFrontStreamTest, ToHttp10TheConnectionsEndIsTheBodys) {
  Start();
  RawClient client = Connect();
  ASSERT_TRUE(client.Send("GET /stream/4 HTTP/1.0\r\nConnection: keep-alive\r\n\r\n"));
  const std::string all = client.ReadAll();
  EXPECT_EQ(all.find("chunked"), std::string::npos);
  EXPECT_EQ(all.find("Content-Length"), std::string::npos);
  EXPECT_NE(all.find("Connection: close\r\n"), std::string::npos);
  EXPECT_EQ(BodyOf(all), AllPieces(4));
}

TEST_F(HttpFrontStreamTest, AHeadGetsTheHeadAlone) {
  Start();
  RawClient client = Connect();
  ASSERT_TRUE(client.Send("HEAD /stream/4 HTTP/1.1\r\nHost: t\r\nConnection: close\r\n\r\n"));
  const std::string all = client.ReadAll();
  EXPECT_NE(all.find("Transfer-Encoding: chunked\r\n"), std::string::npos);
  EXPECT_EQ(BodyOf(all), "");
  EXPECT_EQ(pieces_, 0u);
}

TEST_F(HttpFrontStreamTest, AFailureLeavesTheLastChunkOut) {
  Start();
  RawClient client = Connect();
  ASSERT_TRUE(client.Send(Get("/stream/2/fail")));
  EXPECT_EQ(Dechunked(BodyOf(client.ReadAll())), std::nullopt);
  AwaitNoStreams();
}

TEST_F(HttpFrontStreamTest, AFailureToHttp10IsAReset) {
  Start();
  RawClient client = Connect();
  ASSERT_TRUE(client.Send("GET /stream/2/fail HTTP/1.0\r\n\r\n"));
  client.ReadAll();
  EXPECT_TRUE(client.Broken());
}

// The kernel's own buffers hold some megabytes; what is made beyond them would be in our memory.
TEST_F(HttpFrontStreamTest, AReaderThatStopsHoldsOnePieceAndNoThread) {
  Start();
  constexpr size_t kPieces = 1'000;
  RawClient slow = Connect(4096);
  ASSERT_TRUE(slow.Send(Get("/stream/" + std::to_string(kPieces), "Connection: close\r\n")));
  // Another stream goes through the same thread from begin to end meanwhile, and again: so the slow
  // one's pieces were not made for want of time.
  size_t made = 0;
  for (int i = 0; i < 50; ++i) {
    RawClient quick = Connect();
    ASSERT_TRUE(quick.Send(Get("/stream/1", "Connection: close\r\n")));
    EXPECT_EQ(Dechunked(BodyOf(quick.ReadAll())), AllPieces(1));
    made = pieces_;
  }
  EXPECT_LT(made, kPieces / 4);
  EXPECT_LT(Metric("rollcall_http_buffered_bytes"), 4 * 64 * 1024);
  EXPECT_EQ(Dechunked(BodyOf(slow.ReadAll())), AllPieces(kPieces));
}

TEST_F(HttpFrontStreamTest, AReaderThatStopsForTooLongIsCutOff) {
  options_.write_timeout = milliseconds(100);
  Start();
  RawClient slow = Connect(4096);
  ASSERT_TRUE(slow.Send(Get("/stream/2000")));
  AwaitMetric("rollcall_http_closed_total{reason=\"slow_reader\"}", 1);
  AwaitNoStreams();
  EXPECT_EQ(Dechunked(BodyOf(slow.ReadAll())), std::nullopt);
}

TEST_F(HttpFrontStreamTest, AReaderThatGoesAwayEndsTheStream) {
  Start();
  RawClient client = Connect(4096);
  ASSERT_TRUE(client.Send(Get("/stream/1000000")));
  ASSERT_TRUE(client.ReceiveSome());
  client.Reset();
  AwaitNoStreams();
}

TEST_F(HttpFrontStreamTest, StreamsAtATimeAreBounded) {
  options_.max_streams = 1;
  Start();
  RawClient first = Connect(4096);
  ASSERT_TRUE(first.Send(Get("/stream/2000")));
  ASSERT_TRUE(first.ReceiveSome());
  RawClient second = Connect();
  EXPECT_EQ(second.Ask(Get("/stream/1"))->status, 503);
  first.Reset();
  AwaitNoStreams();
  RawClient third = Connect();
  ASSERT_TRUE(third.Send(Get("/stream/1", "Connection: close\r\n")));
  EXPECT_EQ(Dechunked(BodyOf(third.ReadAll())), AllPieces(1));
}

TEST_F(HttpFrontStreamTest, AStopCutsStreamsOffAtOnce) {
  Start();
  RawClient client = Connect(4096);
  ASSERT_TRUE(client.Send(Get("/stream/1000000")));
  ASSERT_TRUE(client.ReceiveSome());
  front_->Stop(std::chrono::hours(1));
  EXPECT_EQ(streams_, 0u);
  EXPECT_EQ(Dechunked(BodyOf(client.ReadAll())), std::nullopt);
}

}  // namespace
}  // namespace rollcall::test
