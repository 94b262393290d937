// Bodies of any size: the front hands them on while they come, in bounded memory, and nobody else
// waits.
#include <gtest/gtest.h>

#include <random>
#include <thread>

#include "http/server/body_pipe.h"
#include "tests/support/gzip.h"
#include "tests/support/http_front_fixture.h"

namespace rollcall::test {
namespace {

using http::BodyPipe;
using http::HttpRequest;

// All of a body, and in how many parts it came; "failed: …" where it was broken off.
std::string WholeBody(const HttpRequest& request, size_t& parts) {
  parts = 1;
  if (request.body_pipe == nullptr) return request.body;
  std::string body;
  for (parts = 0;; ++parts) {
    const auto part = request.body_pipe->Take();
    if (!part.ok()) return "failed: " + part.status().message();
    if (!part->has_value()) return body;
    body += **part;
  }
}

class HttpFrontUploadTest : public HttpFrontTest {
 protected:
  static constexpr size_t kPartBytes = 64 * 1024;

  HttpFrontUploadTest() {
    options_.upload_part_bytes = kPartBytes;
    options_.import_queue = 2;
    options_.max_buffered_bytes = 4 * 1024 * 1024;
  }
  // A worker may still be at what was broken off, and uses what is below.
  ~HttpFrontUploadTest() override { front_.reset(); }

  // As Start, but /upload… streams into the import lane.
  void StartUploads() {
    upload_ = RouteOf(http::Lane::kImport, http::StreamedBody{});
    upload_.handler = [this](HttpRequest&& request, http::Responder&& responder) {
      if (request.target == "/upload/hold") request.target = "/hold";
      if (request.target == "/upload/refused") {
        ASSERT_NE(request.body_pipe, nullptr);
        EXPECT_TRUE(request.body_pipe->Take().ok());
        responder.Respond(http::HttpResponse::Text(400, "refused"));
        return;
      }
      request.body = std::to_string(Take(request));
      request.body_pipe.reset();
      Handle(std::move(request), std::move(responder));
    };
    auto front = http::HttpFront::Start(
        options_,
        [this](const HttpRequest& head) -> http::HeadVerdict {
          if (!head.target.starts_with("/upload")) return Judge(head);
          return &upload_;
        },
        registry_);
    ASSERT_TRUE(front.ok()) << front.status().message();
    front_ = std::move(*front);
  }

  size_t Take(const HttpRequest& request) {
    size_t parts = 0;
    const std::string body = WholeBody(request, parts);
    const std::lock_guard lock(mutex_);
    body_ = body;
    parts_ = parts;
    return body.size();
  }
  std::string body() {
    const std::lock_guard lock(mutex_);
    return body_;
  }
  size_t parts() {
    const std::lock_guard lock(mutex_);
    return parts_;
  }

  static std::string RandomBytes(size_t size) {
    std::mt19937 random(static_cast<unsigned>(size));
    std::string bytes(size, '\0');
    for (char& c : bytes) c = static_cast<char>(random());
    return bytes;
  }
  static std::string Chunked(const std::string& target, const std::string& body, size_t chunk,
                             const std::string& headers = "") {
    std::string text = "POST " + target + " HTTP/1.1\r\nHost: t\r\nTransfer-Encoding: chunked\r\n" +
                       headers + "\r\n";
    for (size_t at = 0; at < body.size(); at += chunk) {
      char size[32];
      std::snprintf(size, sizeof size, "%zx\r\n", std::min(chunk, body.size() - at));
      text += size + body.substr(at, chunk) + "\r\n";
    }
    return text + "0\r\n\r\n";
  }

  std::string body_;
  size_t parts_ = 0;
  http::Route upload_;
};

TEST_F(HttpFrontUploadTest, ABodyOfAnySizeArrivesWholeHoweverItIsSent) {
  StartUploads();
  for (const size_t size : {size_t{0}, size_t{1}, kPartBytes - 1, kPartBytes, kPartBytes + 1,
                            3 * kPartBytes, size_t{10'000'001}}) {
    SCOPED_TRACE(size);
    const std::string body = RandomBytes(size);
    RawClient client = Connect();
    for (const std::string& request : {Post("/upload", body), Chunked("/upload", body, 1000),
                                       Chunked("/upload", body, 100'000)}) {
      const auto reply = client.Ask(request);
      ASSERT_TRUE(reply.has_value());
      EXPECT_EQ(reply->body, "POST /upload " + std::to_string(size) + "\n");
      EXPECT_TRUE(this->body() == body);
    }
    const size_t fewest = size > 2 * kPartBytes ? size / (3 * kPartBytes) : 1;
    EXPECT_GE(parts(), fewest);
    EXPECT_LE(parts(), 1 + size / kPartBytes);
  }
  // Far more went through than there is memory for.
  AwaitMetric("rollcall_http_buffered_bytes", 0);
}

TEST_F(HttpFrontUploadTest, RequestsBehindALargeOneOnTheSameConnectionAreAnswered) {
  StartUploads();
  const std::string body = RandomBytes(500'000);
  RawClient client = Connect();
  ASSERT_TRUE(client.Send(Post("/upload", body) + Chunked("/upload", body, 7000) + Get("/after")));
  EXPECT_EQ(client.ReadStatus(), 200);
  EXPECT_EQ(client.ReadStatus(), 200);
  EXPECT_EQ(client.Read()->body, "GET /after \n");
}

TEST_F(HttpFrontUploadTest, PackedBodiesAreHandedOnAsTheyCameAndOtherCodingsAreRefused) {
  StartUploads();
  const std::string packed = Gzip("some text");
  RawClient client = Connect();
  EXPECT_EQ(client.Ask(Post("/upload", packed, "Content-Encoding: gzip\r\n"))->status, 200);
  EXPECT_EQ(body(), packed);
  EXPECT_EQ(client.Ask(Post("/upload", "\x28\xb5", "Content-Encoding: zstd\r\n"))->status, 200);
  EXPECT_EQ(body(), "\x28\xb5");
  EXPECT_EQ(Connect().Ask(Post("/upload", "x", "Content-Encoding: br\r\n"))->status, 415);
  EXPECT_EQ(Connect().Ask(Post("/other", "x", "Content-Encoding: zstd\r\n"))->status, 415);
}

TEST_F(HttpFrontUploadTest, AnAnswerThatComesBeforeTheBodyIsWholeReachesWhoStillSends) {
  StartUploads();
  for (const bool chunked : {false, true}) {
    const std::string body = RandomBytes(1'000'000);
    const std::string request =
        chunked ? Chunked("/upload/refused", body, 5000) : Post("/upload/refused", body);
    RawClient client = Connect();
    ASSERT_TRUE(client.Send(request.substr(0, request.size() - 1)));
    EXPECT_EQ(client.ReadStatus(), 400);
    EXPECT_TRUE(client.EndedOrBroken());
  }
  EXPECT_EQ(Connect().Ask(Post("/upload", "small"))->status, 200);
  AwaitMetric("rollcall_http_queue_length{lane=\"import\"}", 0);
  AwaitMetric("rollcall_http_buffered_bytes", 0);
}

TEST_F(HttpFrontUploadTest, AFullLaneRefusesBeforeTheBodyIsSent) {
  StartUploads();
  RawClient first = Connect();
  RawClient second = Connect();
  ASSERT_TRUE(first.Send(Post("/upload/hold", "a")));
  AwaitHeld(1);
  ASSERT_TRUE(second.Send(Post("/upload/hold", "b")));
  AwaitMetric("rollcall_http_queue_length{lane=\"import\"}", 2);
  RawClient third = Connect();
  ASSERT_TRUE(third.Send("POST /upload HTTP/1.1\r\nHost: t\r\nContent-Length: 1000000000\r\n\r\n"));
  EXPECT_EQ(third.ReadStatus(), 503);
  // Imports that wait hold up nobody else.
  EXPECT_EQ(Connect().Ask(Post("/report", "x"))->status, 200);
  EXPECT_EQ(Connect().Ask(Get("/query"))->status, 200);
  for (size_t answered = 0; answered < 2;) {
    for (http::Responder& responder : Release(1)) {
      responder.Respond(http::HttpResponse());
      ++answered;
    }
  }
}

TEST_F(HttpFrontUploadTest, ABodyThatGoesOnOutlivesTheBodyTimeoutAndOneThatStallsDoesNot) {
  options_.body_timeout = std::chrono::milliseconds(50);
  options_.stall_timeout = std::chrono::milliseconds(400);
  StartUploads();
  RawClient going = Connect();
  ASSERT_TRUE(going.Send("POST /upload HTTP/1.1\r\nHost: t\r\nContent-Length: 300003\r\n\r\n"));
  for (int i = 0; i < 3; ++i) {
    // Time itself is what is tested: longer than a body may take, shorter than a stall.
    std::this_thread::sleep_for(std::chrono::milliseconds(100));
    ASSERT_TRUE(going.Send(std::string(100'001, 'x')));
  }
  EXPECT_EQ(going.ReadStatus(), 200);
  RawClient stalled = Connect();
  ASSERT_TRUE(stalled.Send("POST /upload HTTP/1.1\r\nHost: t\r\nContent-Length: 300000\r\n\r\n"));
  ASSERT_TRUE(stalled.Send(std::string(200'000, 'x')));
  EXPECT_EQ(stalled.ReadStatus(), 408);
}

TEST_F(HttpFrontUploadTest, AStopDoesNotWaitForABodyThatMayNeverEnd) {
  StartUploads();
  RawClient client = Connect();
  ASSERT_TRUE(client.Send("POST /upload HTTP/1.1\r\nHost: t\r\nContent-Length: 300000\r\n\r\n" +
                          std::string(150'000, 'x')));
  AwaitMetric("rollcall_http_connections{listener=\"public\"}", 1);
  const auto begin = std::chrono::steady_clock::now();
  front_->Stop(std::chrono::seconds(60));
  EXPECT_LT(std::chrono::steady_clock::now() - begin, std::chrono::seconds(30));
}

TEST_F(HttpFrontUploadTest, APeerThatGoesAwayLeavesNothingBehind) {
  StartUploads();
  for (int i = 0; i < 20; ++i) {
    RawClient client = Connect();
    ASSERT_TRUE(client.Send("POST /upload HTTP/1.1\r\nHost: t\r\nContent-Length: 9000000\r\n\r\n" +
                            std::string(100'000 * static_cast<size_t>(i), 'x')));
    client.Reset();
  }
  // The kernel still hands over those that were reset before they were accepted.
  AwaitMetric("rollcall_http_connections_accepted_total{listener=\"public\"}", 20);
  AwaitMetric("rollcall_http_connections{listener=\"public\"}", 0);
  AwaitMetric("rollcall_http_buffered_bytes", 0);
}

TEST(BodyPipeTest, PartsComeOutInTheirOrderAndTheLastIsTheEnd) {
  int taken = 0;
  BodyPipe pipe([&] { ++taken; });
  pipe.Put("first", {}, false);
  EXPECT_EQ(**pipe.Take(), "first");
  EXPECT_EQ(taken, 1);
  pipe.Put("last", {}, true);
  pipe.Abort();
  EXPECT_EQ(**pipe.Take(), "last");
  EXPECT_FALSE(pipe.Take()->has_value());
  EXPECT_EQ(taken, 1);
}

TEST(BodyPipeTest, WhoWaitsIsToldThatTheRestWillNotCome) {
  BodyPipe pipe([] {});
  std::thread reader([&] { EXPECT_EQ(pipe.Take().status().code(), Code::kUnavailable); });
  pipe.Abort();
  reader.join();
  EXPECT_EQ(pipe.Take().status().code(), Code::kUnavailable);
}

}  // namespace
}  // namespace rollcall::test
