#include "http/client/client.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <atomic>
#include <chrono>
#include <condition_variable>
#include <future>
#include <mutex>
#include <random>
#include <string>
#include <thread>

#include "tests/support/free_port.h"
#include "tests/support/loopback_server.h"

namespace rollcall::http {
namespace {

using std::chrono::milliseconds;
using test::Answer;
using test::Connection;
using test::LoopbackServer;
using testing::HasSubstr;

// Serves the same bytes to everyone.
LoopbackServer::Handler Serve(std::string bytes) {
  return [bytes](Connection& c, const std::string&) { c.Send(bytes); };
}

std::string Rendered(const Result<HttpClientResponse>& response) {
  return response.ok() ? std::to_string(response->status) + " " + response->body
                       : response.status().message();
}

std::string Got(const std::string& url, const HttpClientOptions& options = {}) {
  return Rendered(HttpGet(url, options));
}

HttpClientOptions Small(size_t max_response_bytes) {
  HttpClientOptions options;
  options.max_response_bytes = max_response_bytes;
  return options;
}

TEST(HttpGet, HandsBackStatusHeadersAndBody) {
  LoopbackServer server(Serve(Answer("200 OK", "hello", "ETag: \"7\"\r\n")));
  const auto response = HttpGet(server.Url("/x?y=1"), {});
  ASSERT_TRUE(response.ok()) << response.status().message();
  EXPECT_EQ(response->status, 200);
  EXPECT_EQ(response->body, "hello");
  ASSERT_NE(response->Header("etag"), nullptr);
  EXPECT_EQ(*response->Header("etag"), "\"7\"");
  EXPECT_EQ(response->Header("eta"), nullptr);
}

TEST(HttpGet, SaysWhoAsksAndForWhat) {
  std::promise<std::string> seen;
  LoopbackServer server([&](Connection& c, const std::string& head) {
    seen.set_value(head);
    c.Send(Answer("200 OK", ""));
  });
  EXPECT_EQ(Got(server.Url("/a%20b?c=d%2Fe#f")), "200 ");
  const std::string head = seen.get_future().get();
  EXPECT_TRUE(head.starts_with("GET /a%20b?c=d%2Fe HTTP/1.1\r\n")) << head;
  EXPECT_THAT(head, HasSubstr("User-Agent: rollcall/" ROLLCALL_VERSION "\r\n"));
  EXPECT_THAT(head, HasSubstr("Accept-Encoding: identity\r\n"));
  EXPECT_THAT(head, HasSubstr("Host: 127.0.0.1:" + std::to_string(server.port()) + "\r\n"));
}

TEST(HttpGet, AnyStatusIsAnAnswer) {
  for (const std::string status :
       {"404 Not Found", "500 Internal Server Error", "204 No Content"}) {
    LoopbackServer server(Serve(Answer(status, status[0] == '2' ? "" : "why")));
    EXPECT_EQ(Got(server.Url()), status.substr(0, 3) + (status[0] == '2' ? " " : " why"));
  }
}

TEST(HttpGet, TakesChunkedBodiesAndBodiesThatEndWithTheConnection) {
  LoopbackServer chunked(Serve(
      "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n2\r\nde\r\n0\r\n\r\n"));
  EXPECT_EQ(Got(chunked.Url()), "200 abcde");
  LoopbackServer until_close(Serve("HTTP/1.1 200 OK\r\n\r\nabc"));
  EXPECT_EQ(Got(until_close.Url()), "200 abc");
}

TEST(HttpGet, LooksUpTheNameOfAHost) {
  LoopbackServer server(Serve(Answer("200 OK", "here")));
  // localhost may have an IPv6 address first, on which nobody listens.
  EXPECT_EQ(Got("http://localhost:" + std::to_string(server.port()) + "/"), "200 here");
}

TEST(HttpGet, TakesABodyAsLongAsTheBoundAndNoLongerOne) {
  const std::string body(1000, 'x');
  LoopbackServer announced(Serve(Answer("200 OK", body)));
  EXPECT_EQ(Got(announced.Url(), Small(1000)), "200 " + body);
  EXPECT_THAT(Got(announced.Url(), Small(999)), HasSubstr("the body is over 999 bytes"));
  LoopbackServer until_close(Serve("HTTP/1.1 200 OK\r\n\r\n" + body));
  EXPECT_EQ(Got(until_close.Url(), Small(1000)), "200 " + body);
  EXPECT_THAT(Got(until_close.Url(), Small(999)), HasSubstr("the body is over 999 bytes"));
}

// Sends `start`, then `piece` until the client hangs up; says how many bytes went out.
size_t BytesTakenOfAnEndless(const std::string& start, const std::string& piece,
                             const std::string& want_error) {
  std::atomic<size_t> sent{0};
  {
    LoopbackServer server([&](Connection& c, const std::string&) {
      c.Send(start);
      while (c.Send(piece)) sent += piece.size();
    });
    EXPECT_THAT(Got(server.Url(), Small(10'000)), HasSubstr(want_error));
  }
  return sent;
}

TEST(HttpGet, HangsUpOnAnAnswerWithoutEnd) {
  // What the sockets of both sides can hold comes on top of the client's bounds.
  constexpr size_t kBound = 32 * 1024 * 1024;
  const std::string ok = "HTTP/1.1 200 OK\r\n";
  const std::string block(4096, 'x');
  EXPECT_LT(BytesTakenOfAnEndless(ok + "\r\n", block, "the body is over 10000 bytes"), kBound);
  EXPECT_LT(BytesTakenOfAnEndless(ok + "X: ", block, "the head is over 65536 bytes"), kBound);
  EXPECT_LT(BytesTakenOfAnEndless(ok, "X: y\r\n", "the head is over 65536 bytes"), kBound);
  EXPECT_LT(BytesTakenOfAnEndless("", block, "the head is over 65536 bytes"), kBound);
  EXPECT_LT(BytesTakenOfAnEndless("", "HTTP/1.1 100 Continue\r\n\r\n", "the head is over 65536"),
            kBound);
  EXPECT_LT(
      BytesTakenOfAnEndless(ok + "Transfer-Encoding: chunked\r\n\r\n1;", block, "too many bytes"),
      kBound);
}

TEST(HttpGet, RefusesAnAnswerThatIsNotHttpOrEndsEarly) {
  for (const std::string bytes :
       {"", "\r\n\r\n", "garbage\r\n\r\n", "HTTP/1.1 200", "HTTP/1.1 200 OK\r\nA: b\r\n",
        "HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nabc",
        "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nab"}) {
    LoopbackServer server(Serve(bytes));
    EXPECT_THAT(Got(server.Url()), HasSubstr("not HTTP, was cut off, or stalled")) << bytes;
  }
}

TEST(HttpGet, RandomBytesGetAnAnswer) {
  std::mt19937_64 random(11);
  for (int round = 0; round < 50; ++round) {
    std::string bytes = round % 2 == 0 ? "HTTP/1.1 200 OK\r\n" : "";
    for (size_t n = random() % 3000; n > 0; --n) bytes += static_cast<char>(random());
    LoopbackServer server(Serve(bytes));
    EXPECT_NE(Got(server.Url(), Small(1000)), "");
  }
}

TEST(HttpGet, SaysThatNobodyListens) {
  const test::DeafPort deaf;
  const std::string url = "http://127.0.0.1:" + std::to_string(deaf.port()) + "/";
  const auto response = HttpGet(url, {});
  ASSERT_FALSE(response.ok());
  EXPECT_EQ(response.status().code(), Code::kUnavailable);
  EXPECT_THAT(response.status().message(), HasSubstr("GET " + url + ": cannot connect"));
}

TEST(HttpGet, GivesUpOnASilentServerAfterTheReadTimeout) {
  LoopbackServer server([](Connection& c, const std::string&) { c.AwaitClose(); });
  HttpClientOptions options;
  options.read_timeout = milliseconds(50);
  EXPECT_THAT(Got(server.Url(), options), HasSubstr("stalled for 50 ms"));
}

TEST(HttpGet, GivesUpOnADrippingServerAtTheDeadline) {
  // A byte each 5 ms comes well within the read timeout; the answer would take forever.
  for (const std::string start : {"HTTP/1.1 200 OK\r\nX: ", "HTTP/1.1 200 OK\r\n\r\n"}) {
    std::mutex mutex;
    std::condition_variable tick;
    LoopbackServer server([&](Connection& c, const std::string&) {
      c.Send(start);
      std::unique_lock lock(mutex);
      while (c.Send("x")) tick.wait_for(lock, milliseconds(5));
    });
    HttpClientOptions options;
    options.total_timeout = milliseconds(200);
    const auto begin = std::chrono::steady_clock::now();
    EXPECT_THAT(Got(server.Url(), options), HasSubstr("no complete answer within 200 ms"));
    EXPECT_LT(std::chrono::steady_clock::now() - begin, std::chrono::seconds(5));
  }
}

TEST(HttpGet, EndsAtOnceWhenItIsStopped) {
  std::stop_source stop;
  LoopbackServer server([&](Connection& c, const std::string&) {
    stop.request_stop();
    c.AwaitClose();
  });
  const auto begin = std::chrono::steady_clock::now();
  EXPECT_THAT(Rendered(HttpGet(server.Url(), {}, stop.get_token())), HasSubstr(": stopped"));
  EXPECT_LT(std::chrono::steady_clock::now() - begin, std::chrono::seconds(5));
  // And does not even begin afterwards.
  EXPECT_THAT(Rendered(HttpGet(server.Url(), {}, stop.get_token())), HasSubstr(": stopped"));
  EXPECT_EQ(server.connections(), 1);
}

TEST(HttpGet, FollowsThreeRedirectsAndNoFourth) {
  LoopbackServer server([](Connection& c, const std::string& head) {
    const int left = head[5] - '0';
    c.Send(left == 0 ? Answer("200 OK", "arrived")
                     : Answer("302 Found", "", "Location: /" + std::to_string(left - 1) + "\r\n"));
  });
  EXPECT_EQ(Got(server.Url("/3")), "200 arrived");
  EXPECT_THAT(Got(server.Url("/4")), HasSubstr("more than 3 redirects"));
  HttpClientOptions none;
  none.max_redirects = 0;
  EXPECT_EQ(Got(server.Url("/1"), none), "302 ");
}

TEST(HttpGet, FollowsARedirectToAnotherServer) {
  LoopbackServer target(Serve(Answer("200 OK", "there")));
  LoopbackServer server(
      Serve(Answer("308 Permanent Redirect", "", "Location: " + target.Url("/y") + "\r\n")));
  EXPECT_EQ(Got(server.Url()), "200 there");
}

TEST(HttpGet, DoesNotFollowARedirectToNowhere) {
  LoopbackServer without(Serve(Answer("301 Moved Permanently", "")));
  EXPECT_THAT(Got(without.Url()), HasSubstr("a redirect without Location"));
  LoopbackServer file(
      Serve(Answer("301 Moved Permanently", "", "Location: file:///etc/passwd\r\n")));
  EXPECT_THAT(Got(file.Url()), HasSubstr("parse URL \"file:///etc/passwd\""));
}

TEST(HttpGet, RefusesBadUrlsAndBadOptions) {
  EXPECT_THAT(Got("nonsense"), HasSubstr("parse URL \"nonsense\""));
  HttpClientOptions options;
  options.read_timeout = milliseconds(0);
  EXPECT_THAT(Got("http://127.0.0.1/", options), HasSubstr("must be over 0"));
}

}  // namespace
}  // namespace rollcall::http
