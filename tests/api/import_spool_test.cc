// Bodies of any size: the front puts them into a file, in bounded memory, and nobody else waits.
#include <gtest/gtest.h>

#include <filesystem>
#include <random>

#include "api/http_body_file.h"
#include "tests/support/gzip.h"
#include "tests/support/http_front_fixture.h"
#include "tests/support/temp_dir.h"

namespace rollcall::test {
namespace {

using api::BodyFile;
using api::HttpRequest;

// All of a body: its file, then what came in memory.
std::string WholeBody(const HttpRequest& request) {
  std::string body;
  if (request.body_file != nullptr) {
    std::string room(1000, '\0');
    for (;;) {
      const Result<size_t> size = request.body_file->Read(body.size(), room);
      if (!size.ok()) return "failed: " + size.status().message();
      if (*size == 0) break;
      body.append(room, 0, *size);
    }
  }
  return body + request.body;
}

class ImportSpoolTest : public HttpFrontTest {
 protected:
  static constexpr size_t kSpoolAbove = 64 * 1024;

  ImportSpoolTest() {
    options_.spool_directory = dir_.path();
    options_.spool_above_bytes = kSpoolAbove;
    options_.import_queue = 2;
    options_.max_buffered_bytes = 4 * 1024 * 1024;
  }

  // As Start, but /spool… is spooled into the import lane.
  void StartSpooling() {
    auto front = api::HttpFront::Start(
        options_,
        [](const HttpRequest& head) {
          api::HeadVerdict verdict = Judge(head);
          if (head.target.starts_with("/spool")) {
            verdict.lane = api::Lane::kImport;
            verdict.spool = true;
          }
          return verdict;
        },
        [this](api::Lane lane, HttpRequest&& request, api::Responder&& responder) {
          if (request.target == "/spool/hold") request.target = "/hold";
          if (lane == api::Lane::kImport) request.body = std::to_string(Take(request));
          request.body_file.reset();
          Handle(lane, std::move(request), std::move(responder));
        },
        registry_);
    ASSERT_TRUE(front.ok()) << front.status().message();
    front_ = std::move(*front);
  }

  size_t Take(const HttpRequest& request) {
    const std::string body = WholeBody(request);
    const std::lock_guard lock(mutex_);
    body_ = body;
    had_file_ = request.body_file != nullptr;
    return body.size();
  }
  std::string body() {
    const std::lock_guard lock(mutex_);
    return body_;
  }
  bool had_file() {
    const std::lock_guard lock(mutex_);
    return had_file_;
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

  testing::TempDir dir_;
  std::string body_;
  bool had_file_ = false;
};

TEST_F(ImportSpoolTest, ABodyOfAnySizeArrivesWholeHoweverItIsSent) {
  StartSpooling();
  for (const size_t size : {size_t{0}, size_t{1}, kSpoolAbove - 1, kSpoolAbove, kSpoolAbove + 1,
                            3 * kSpoolAbove, size_t{10'000'001}}) {
    SCOPED_TRACE(size);
    const std::string body = RandomBytes(size);
    RawClient client = Connect();
    for (const std::string& request :
         {Post("/spool", body), Chunked("/spool", body, 1000), Chunked("/spool", body, 100'000)}) {
      const auto reply = client.Ask(request);
      ASSERT_TRUE(reply.has_value());
      EXPECT_EQ(reply->body, "POST /spool " + std::to_string(size) + "\n");
      EXPECT_TRUE(this->body() == body);
    }
    // What came with the last bytes may stay in memory.
    if (size < kSpoolAbove || size > 2 * kSpoolAbove) {
      EXPECT_EQ(had_file(), size > kSpoolAbove);
    }
  }
  // Far more went through than there is memory for, and no file is left.
  EXPECT_TRUE(std::filesystem::is_empty(dir_.path()));
  AwaitMetric("rollcall_http_buffered_bytes", 0);
}

TEST_F(ImportSpoolTest, RequestsBehindASpooledOneOnTheSameConnectionAreAnswered) {
  StartSpooling();
  const std::string body = RandomBytes(500'000);
  RawClient client = Connect();
  ASSERT_TRUE(client.Send(Post("/spool", body) + Chunked("/spool", body, 7000) + Get("/after")));
  EXPECT_EQ(client.ReadStatus(), 200);
  EXPECT_EQ(client.ReadStatus(), 200);
  EXPECT_EQ(client.Read()->body, "GET /after \n");
}

TEST_F(ImportSpoolTest, PackedBodiesAreHandedOnAsTheyCameAndOtherCodingsAreRefused) {
  StartSpooling();
  const std::string packed = Gzip("some text");
  RawClient client = Connect();
  EXPECT_EQ(client.Ask(Post("/spool", packed, "Content-Encoding: gzip\r\n"))->status, 200);
  EXPECT_EQ(body(), packed);
  EXPECT_EQ(client.Ask(Post("/spool", "\x28\xb5", "Content-Encoding: zstd\r\n"))->status, 200);
  EXPECT_EQ(body(), "\x28\xb5");
  EXPECT_EQ(Connect().Ask(Post("/spool", "x", "Content-Encoding: br\r\n"))->status, 415);
  EXPECT_EQ(Connect().Ask(Post("/other", "x", "Content-Encoding: zstd\r\n"))->status, 415);
}

TEST_F(ImportSpoolTest, ADiskThatCannotBeWrittenIsA503AndTheNextRequestsGoOn) {
  options_.spool_directory = dir_.path() + "/is-not-there";
  StartSpooling();
  const auto reply = Connect().Ask(Post("/spool", RandomBytes(4 * kSpoolAbove)));
  ASSERT_TRUE(reply.has_value());
  EXPECT_EQ(reply->status, 503);
  EXPECT_EQ(reply->Header("retry-after"), "60");
  EXPECT_EQ(Handled(), 0u);
  EXPECT_EQ(Connect().Ask(Post("/spool", "small"))->status, 200);
}

TEST_F(ImportSpoolTest, AFullLaneRefusesBeforeTheBodyIsSent) {
  StartSpooling();
  RawClient first = Connect();
  RawClient second = Connect();
  ASSERT_TRUE(first.Send(Post("/spool/hold", "a")));
  AwaitHeld(1);
  ASSERT_TRUE(second.Send(Post("/spool/hold", "b")));
  AwaitMetric("rollcall_http_queue_length{lane=\"import\"}", 2);
  RawClient third = Connect();
  ASSERT_TRUE(third.Send("POST /spool HTTP/1.1\r\nHost: t\r\nContent-Length: 1000000000\r\n\r\n"));
  EXPECT_EQ(third.ReadStatus(), 503);
  // Imports that wait hold up nobody else.
  EXPECT_EQ(Connect().Ask(Post("/report", "x"))->status, 200);
  EXPECT_EQ(Connect().Ask(Get("/query"))->status, 200);
  for (size_t answered = 0; answered < 2;) {
    for (api::Responder& responder : Release(1)) {
      responder.Respond(api::HttpResponse());
      ++answered;
    }
  }
}

TEST_F(ImportSpoolTest, ABodyThatGoesOnOutlivesTheBodyTimeoutAndOneThatStallsDoesNot) {
  options_.body_timeout = std::chrono::milliseconds(50);
  options_.stall_timeout = std::chrono::milliseconds(400);
  StartSpooling();
  RawClient going = Connect();
  ASSERT_TRUE(going.Send("POST /spool HTTP/1.1\r\nHost: t\r\nContent-Length: 300003\r\n\r\n"));
  for (int i = 0; i < 3; ++i) {
    // Time itself is what is tested: longer than a body may take, shorter than a stall.
    std::this_thread::sleep_for(std::chrono::milliseconds(100));
    ASSERT_TRUE(going.Send(std::string(100'001, 'x')));
  }
  EXPECT_EQ(going.ReadStatus(), 200);
  RawClient stalled = Connect();
  ASSERT_TRUE(stalled.Send("POST /spool HTTP/1.1\r\nHost: t\r\nContent-Length: 300000\r\n\r\n"));
  ASSERT_TRUE(stalled.Send(std::string(200'000, 'x')));
  EXPECT_EQ(stalled.ReadStatus(), 408);
}

TEST_F(ImportSpoolTest, AStopDoesNotWaitForABodyThatMayNeverEnd) {
  StartSpooling();
  RawClient client = Connect();
  ASSERT_TRUE(client.Send("POST /spool HTTP/1.1\r\nHost: t\r\nContent-Length: 300000\r\n\r\n" +
                          std::string(150'000, 'x')));
  AwaitMetric("rollcall_http_connections{listener=\"public\"}", 1);
  const auto begin = std::chrono::steady_clock::now();
  front_->Stop(std::chrono::seconds(60));
  EXPECT_LT(std::chrono::steady_clock::now() - begin, std::chrono::seconds(30));
  EXPECT_TRUE(std::filesystem::is_empty(dir_.path()));
}

TEST_F(ImportSpoolTest, APeerThatGoesAwayLeavesNothingBehind) {
  StartSpooling();
  for (int i = 0; i < 20; ++i) {
    RawClient client = Connect();
    ASSERT_TRUE(client.Send("POST /spool HTTP/1.1\r\nHost: t\r\nContent-Length: 9000000\r\n\r\n" +
                            std::string(100'000 * static_cast<size_t>(i), 'x')));
    client.Reset();
  }
  AwaitMetric("rollcall_http_connections{listener=\"public\"}", 0);
  AwaitMetric("rollcall_http_buffered_bytes", 0);
  EXPECT_TRUE(std::filesystem::is_empty(dir_.path()));
}

TEST(BodyFileTest, WhatIsAppendedIsReadBackAtAnyPlace) {
  const testing::TempDir dir;
  BodyFile file(dir.path());
  ASSERT_TRUE(file.Append("hello ").ok());
  ASSERT_TRUE(file.Append("world").ok());
  EXPECT_EQ(file.size(), 11u);
  std::string room(5, '\0');
  EXPECT_EQ(*file.Read(6, room), 5u);
  EXPECT_EQ(room, "world");
  EXPECT_EQ(*file.Read(11, room), 0u);
  EXPECT_TRUE(std::filesystem::is_empty(dir.path()));
  BodyFile nowhere(dir.path() + "/none");
  EXPECT_EQ(nowhere.Append("x").code(), Code::kUnavailable);
}

}  // namespace
}  // namespace rollcall::test
