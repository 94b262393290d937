// A GET whose body goes to a sink as it comes.
#include <gtest/gtest.h>

#include <atomic>
#include <chrono>
#include <future>
#include <string>
#include <thread>

#include "http/client/client.h"
#include "tests/support/loopback_server.h"

namespace rollcall::http {
namespace {

using std::chrono::milliseconds;
using test::Answer;
using test::Connection;
using test::LoopbackServer;

const char* const kChunkedHead = "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n";

std::string Chunk(const std::string& bytes) {
  char size[16];
  std::snprintf(size, sizeof size, "%zx\r\n", bytes.size());
  return size + bytes + "\r\n";
}

// "200", or the status and the body that was kept, or the failure; then what the sink had.
std::string Streamed(const std::string& url, const HttpClientOptions& options = {}) {
  std::string taken;
  const auto answer = HttpGetStream(
      url,
      [&](std::string_view piece) {
        taken += piece;
        return Status::Ok();
      },
      options);
  const std::string told =
      answer.ok() ? std::to_string(answer->status) + answer->body : answer.status().message();
  return told + "|" + taken;
}

TEST(HttpGetStreamTest, ABodyOfAnySizeGoesToTheSinkWhateverTheOtherBounds) {
  constexpr int kChunks = 2'000;
  LoopbackServer server([&](Connection& c, const std::string&) {
    c.Send(kChunkedHead);
    for (int i = 0; i < kChunks; ++i) c.Send(Chunk(std::string(10'000, 'x')));
    c.Send("0\r\n\r\n");
  });
  HttpClientOptions options;
  options.max_response_bytes = 10;
  options.total_timeout = milliseconds(1);
  size_t bytes = 0;
  const auto answer = HttpGetStream(
      server.Url(),
      [&](std::string_view piece) {
        EXPECT_LE(piece.size(), 1u << 20);
        bytes += piece.size();
        return Status::Ok();
      },
      options);
  ASSERT_TRUE(answer.ok()) << answer.status().message();
  EXPECT_EQ(bytes, kChunks * size_t{10'000});
  EXPECT_EQ(answer->body, "");
}

TEST(HttpGetStreamTest, AnotherStatusIsKeptFromTheSinkAndBounded) {
  LoopbackServer server([](Connection& c, const std::string&) { c.Send(Answer("400 No", "why")); });
  EXPECT_EQ(Streamed(server.Url()), "400why|");
  HttpClientOptions small;
  small.max_response_bytes = 2;
  EXPECT_NE(Streamed(server.Url(), small).find("the body is over 2 bytes|"), std::string::npos);
}

TEST(HttpGetStreamTest, ABodyThatEndsTooEarlyIsAFailure) {
  LoopbackServer chunked(
      [](Connection& c, const std::string&) { c.Send(kChunkedHead + Chunk("abc")); });
  EXPECT_NE(Streamed(chunked.Url()).find("was cut off"), std::string::npos);
  LoopbackServer sized([](Connection& c, const std::string&) {
    c.Send("HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\nabc");
  });
  EXPECT_NE(Streamed(sized.Url()).find("was cut off"), std::string::npos);
}

TEST(HttpGetStreamTest, AFailureOfTheSinkEndsTheCallAndIsItsResult) {
  LoopbackServer server([](Connection& c, const std::string&) {
    c.Send(kChunkedHead);
    while (c.Send(Chunk("abc"))) {
    }
  });
  const auto answer =
      HttpGetStream(server.Url(), [](std::string_view) { return Status::Unavailable("full"); }, {});
  EXPECT_EQ(answer.status().message(), "full");
}

TEST(HttpGetStreamTest, ASilenceEndsTheCallButADripDoesNot) {
  HttpClientOptions options;
  options.read_timeout = milliseconds(400);
  LoopbackServer drips([](Connection& c, const std::string&) {
    c.Send(kChunkedHead);
    for (int i = 0; i < 12; ++i) {
      c.Send(Chunk("a"));
      std::this_thread::sleep_for(milliseconds(50));
    }
    c.Send("0\r\n\r\n");
  });
  EXPECT_EQ(Streamed(drips.Url(), options), "200|aaaaaaaaaaaa");
  LoopbackServer silent([](Connection& c, const std::string&) {
    c.Send(kChunkedHead + Chunk("a"));
    c.AwaitClose();
  });
  EXPECT_NE(Streamed(silent.Url(), options).find("stalled for 400 ms|a"), std::string::npos);
}

TEST(HttpGetStreamTest, AStopEndsTheCallAtOnce) {
  LoopbackServer server([](Connection& c, const std::string&) {
    c.Send(kChunkedHead + Chunk("a"));
    c.AwaitClose();
  });
  std::stop_source stop;
  const auto answer = HttpGetStream(
      server.Url(),
      [&](std::string_view) {
        stop.request_stop();
        return Status::Ok();
      },
      {}, stop.get_token());
  ASSERT_FALSE(answer.ok());
  EXPECT_NE(answer.status().message().find("stopped"), std::string::npos);
}

TEST(HttpGetStreamTest, WhereNobodyListensItFails) {
  EXPECT_NE(Streamed("http://127.0.0.1:1/").find("cannot connect"), std::string::npos);
  EXPECT_NE(Streamed("ftp://x/").find("|"), std::string::npos);
}

}  // namespace
}  // namespace rollcall::http
