// The fixture of the front's tests: a front on loopback, and an application that shows what has
// reached it. Owned by the test; Judge and Handle run on the front's threads. The application:
//   GET/POST /hold…  keeps the http::Responder until Release
//   /drop            destroys the Responder without an answer
//   /throw           throws
//   /large/N         answers with N bytes
//   /work…           blocks its thread until Finish ("finished") or a stop request ("stopped")
//   /stream/N        answers with a stream of N pieces of 64 KiB
//   /stream/N/fail   the same, but the stream fails at the end
//   /refuse…         answers 422 by the head alone
//   /query…          runs in the query lane; /query/hold and /query/work act as above
//   /probe…          runs in the probe lane; /probe/work acts as above
//   anything else    200 with "METHOD target body", in the ingest lane
#pragma once

#include <gtest/gtest.h>

#include <atomic>
#include <condition_variable>
#include <memory>
#include <mutex>
#include <optional>
#include <stdexcept>
#include <stop_token>
#include <string>
#include <thread>
#include <utility>
#include <vector>

#include "http/server/front.h"
#include "tests/support/await.h"
#include "tests/support/raw_http.h"

namespace rollcall::test {

class HttpFrontTest : public ::testing::Test {
 protected:
  static constexpr size_t kMaxBodyBytes = 64 * 1024;

  HttpFrontTest() {
    options_.public_address = "127.0.0.1:0";
    options_.private_address = "127.0.0.1:0";
    options_.private_hosts = "t";
  }
  ~HttpFrontTest() override {
    Finish();
    front_.reset();
    held_.clear();
  }

  void Start() {
    auto front = http::HttpFront::Start(
        options_, [this](const http::HttpRequest& head) { return Judge(head); }, registry_);
    ASSERT_TRUE(front.ok()) << front.status().message();
    front_ = std::move(*front);
  }

  RawClient Connect(int receive_buffer_bytes = 0) {
    return RawClient(front_->public_port(), receive_buffer_bytes);
  }

  // Waits until `count` requests are held, and returns the Responders of all that are.
  std::vector<http::Responder> Release(size_t count) {
    std::unique_lock lock(mutex_);
    changed_.wait(lock, [&] { return held_.size() >= count; });
    return std::exchange(held_, {});
  }
  void AwaitHeld(size_t count) {
    std::unique_lock lock(mutex_);
    changed_.wait(lock, [&] { return held_.size() >= count; });
  }
  // Returns how many requests have reached the application.
  size_t Handled() {
    std::lock_guard lock(mutex_);
    return handled_;
  }
  http::HttpRequest LastRequest() {
    std::lock_guard lock(mutex_);
    return last_;
  }
  // Waits until `count` requests to /work… are being worked on.
  void AwaitWorking(size_t count) {
    std::unique_lock lock(mutex_);
    changed_.wait(lock, [&] { return working_ >= count; });
  }
  void AwaitWorkEnded() {
    std::unique_lock lock(mutex_);
    changed_.wait(lock, [&] { return working_ == 0; });
  }
  // Lets all requests to /work… finish, later ones too.
  void Finish() {
    const std::lock_guard lock(mutex_);
    finish_ = true;
    changed_.notify_all();
  }
  // Returns the value of a line of /metrics, named as it is there with its labels; -1 where there
  // is none.
  double Metric(const std::string& name_and_labels) const {
    const std::string text = "\n" + registry_.WriteText();
    const size_t at = text.find("\n" + name_and_labels + " ");
    return at == std::string::npos ? -1 : std::stod(text.substr(at + name_and_labels.size() + 2));
  }
  void AwaitMetric(const std::string& name_and_labels, double wanted) const {
    // Counters are written just after the event that a client can see; no event to await.
    double value = 0;
    Await([&] { return (value = Metric(name_and_labels)) == wanted; });
    EXPECT_EQ(value, wanted) << name_and_labels;
  }

  static std::string Post(const std::string& target, const std::string& body,
                          const std::string& headers = "") {
    return "POST " + target + " HTTP/1.1\r\nHost: t\r\n" + headers +
           "Content-Length: " + std::to_string(body.size()) + "\r\n\r\n" + body;
  }
  static std::string Get(const std::string& target, const std::string& headers = "") {
    return "GET " + target + " HTTP/1.1\r\nHost: t\r\n" + headers + "\r\n";
  }

  http::HeadVerdict Judge(const http::HttpRequest& head) const {
    if (head.target.starts_with("/refuse")) {
      return http::HttpResponse::Text(422, "refused at its head");
    }
    if (head.target.starts_with("/probe")) return &probe_;
    return head.target.starts_with("/query") ? &query_ : &ingest_;
  }

  void Handle(http::HttpRequest&& request, http::Responder&& responder) {
    const std::string target = request.target;
    http::HttpResponse response =
        http::HttpResponse::Text(200, request.method + " " + target + " " + request.body);
    std::stop_token last_stop;
    {
      std::lock_guard lock(mutex_);
      ++handled_;
      last_stop = request.stop;
      last_ = std::move(request);
    }
    if (target.starts_with("/hold") || target.starts_with("/query/hold")) {
      std::lock_guard lock(mutex_);
      held_.push_back(std::move(responder));
      changed_.notify_all();
      return;
    }
    if (target.find("/work") != std::string::npos) {
      responder.Respond(http::HttpResponse::Text(200, Work(last_stop) ? "finished" : "stopped"));
      return;
    }
    if (target == "/drop") {
      return;
    }
    if (target == "/throw") {
      throw std::runtime_error("a secret");
    }
    if (target.starts_with("/large/")) {
      response.body = std::string(std::stoul(target.substr(7)), 'x');
    }
    if (target.starts_with("/stream/")) {
      response.stream =
          std::make_shared<Pieces>(*this, std::stoul(target.substr(8)), target.ends_with("/fail"));
    }
    responder.Respond(std::move(response));
  }

  // Blocks until Finish, which returns true, or until a stop is requested, which returns false.
  bool Work(const std::stop_token& stop) {
    std::unique_lock lock(mutex_);
    ++working_;
    changed_.notify_all();
    changed_.wait(lock, stop, [this] { return finish_; });
    const bool finished = finish_;
    stopped_ += finished ? 0 : 1;
    --working_;
    changed_.notify_all();
    return finished;
  }

  static constexpr size_t kPieceBytes = 64 * 1024;

  // A stream whose pieces consist of one letter each: a, b, … Counts the pieces made and the
  // streams that exist.
  class Pieces final : public http::BodyStream {
   public:
    Pieces(HttpFrontTest& test, size_t count, bool fails)
        : test_(test), count_(count), fails_(fails) {
      ++test_.streams_;
    }
    ~Pieces() override { --test_.streams_; }
    Result<bool> Next(std::string& out) override {
      if (made_ == count_ && fails_) return Status::Unavailable("the disk is gone");
      out.assign(kPieceBytes, static_cast<char>('a' + made_ % 26));
      ++test_.pieces_;
      return ++made_ < count_ || fails_;
    }

   private:
    HttpFrontTest& test_;
    const size_t count_;
    const bool fails_;
    size_t made_ = 0;
  };
  static std::string AllPieces(size_t count) {
    std::string all;
    for (size_t i = 0; i < count; ++i) all.append(kPieceBytes, static_cast<char>('a' + i % 26));
    return all;
  }

  http::Route RouteOf(http::Lane lane, http::BodyRule body) {
    http::Route route;
    route.lane = lane;
    route.body = body;
    route.handler = [this](http::HttpRequest&& request, http::Responder&& responder) {
      Handle(std::move(request), std::move(responder));
    };
    route.use = &use_;
    return route;
  }

  http::FrontOptions options_;
  metrics::Registry registry_;
  http::RouteUse use_{registry_, "test"};
  const http::Route ingest_ = RouteOf(http::Lane::kIngest, http::BoundedBody{kMaxBodyBytes});
  http::Route query_ = RouteOf(http::Lane::kQuery, http::BoundedBody{kMaxBodyBytes});
  const http::Route probe_ = RouteOf(http::Lane::kProbe, http::IgnoredBody{});
  std::mutex mutex_;  // guards what follows
  std::condition_variable_any changed_;
  bool finish_ = false;
  size_t working_ = 0;
  size_t stopped_ = 0;
  std::vector<http::Responder> held_;
  size_t handled_ = 0;
  http::HttpRequest last_;
  std::atomic<size_t> pieces_{0};   // made by all streams
  std::atomic<size_t> streams_{0};  // that exist
  // Declared last, so that its threads end before what they use is destroyed.
  std::unique_ptr<http::HttpFront> front_;
};

}  // namespace rollcall::test
