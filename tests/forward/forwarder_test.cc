// The forwarder against a receiver that answers as the test says: what is sent, in which order,
// what an answer does to it, and what is left in the outbox.
#include "forward/forwarder.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <condition_variable>
#include <filesystem>
#include <fstream>

#include "base/pack.h"
#include "forward/backoff.h"
#include "storage/stores.h"
#include "tests/support/free_port.h"
#include "tests/support/loopback_server.h"
#include "tests/support/manual_clock.h"
#include "tests/support/temp_dir.h"

namespace rollcall::forward {
namespace {

std::optional<std::string_view> IdLabel(FleetRef fleet) {
  return fleet == kFirstFleet ? std::optional<std::string_view>("cluster_id") : std::nullopt;
}

using std::chrono::milliseconds;
using storage::Outbox;
using ::testing::ElementsAre;
using ::testing::HasSubstr;

constexpr std::chrono::seconds kPatience{30};
constexpr UnixMilliseconds kTime{milliseconds(1772884805250)};

// Takes requests on connections that stay open, and remembers their bodies. Thread-safe.
class Receiver {
 public:
  struct Request {
    std::string head;
    std::string body;
  };
  // The status to answer a body with; 0: the connection is closed without an answer.
  using Answer = std::function<int(const Request&)>;

  explicit Receiver(Answer answer)
      : answer_(std::move(answer)),
        server_([this](test::Connection& connection, const std::string& head) {
          for (std::string next = head; next.ends_with("\r\n\r\n");
               next = connection.ReceiveHead()) {
            if (!Serve(connection, next)) return;
          }
        }) {}

  std::string Url() const { return server_.Url("/api/v1/import/prometheus?x=1"); }
  int connections() const { return server_.connections(); }
  std::vector<Request> requests() const {
    const std::lock_guard lock(mutex_);
    return requests_;
  }
  bool AwaitRequests(size_t count) {
    std::unique_lock lock(mutex_);
    return came_.wait_for(lock, kPatience, [&] { return requests_.size() >= count; });
  }

 private:
  bool Serve(test::Connection& connection, const std::string& head) {
    const size_t at = head.find("Content-Length: ");
    const std::string body = connection.Receive(
        at == std::string::npos ? 0 : std::strtoul(head.c_str() + at + 16, nullptr, 10));
    const Request request{head, body};
    const int status = answer_(request);
    {
      const std::lock_guard lock(mutex_);
      requests_.push_back(request);
    }
    came_.notify_all();
    if (status == 0) return false;
    return connection.Send("HTTP/1.1 " + std::to_string(status) + " Said\r\nContent-Length: " +
                           (status == 204 ? "0" : "2") + "\r\n\r\n" + (status == 204 ? "" : "no"));
  }

  const Answer answer_;
  mutable std::mutex mutex_;
  std::condition_variable came_;
  std::vector<Request> requests_;
  test::LoopbackServer server_;
};

class ForwarderTest : public ::testing::Test {
 protected:
  ForwarderTest() {
    storage::StoreOptions store;
    store.directory = dir_.path();
    stores_ = storage::Stores::Open(store).value();
    options_.pause = [this](milliseconds delay, std::stop_token) {
      const std::lock_guard lock(mutex_);
      delays_.push_back(delay);
    };
  }
  ~ForwarderTest() override { forwarder_.reset(); }

  Outbox& outbox() { return stores_->outbox(); }
  // Puts reports with these bodies into the outbox.
  void Put(const std::vector<std::string>& bodies) {
    storage::Transaction transaction(stores_->store());
    for (const std::string& body : bodies) {
      outbox().Append({kTime, kFirstFleet, "c1", PackBody(body)}, transaction);
    }
    ASSERT_TRUE(transaction.Commit().ok());
  }
  void PutRaw(const std::string& packed) {
    storage::Transaction transaction(stores_->store());
    outbox().Append({kTime, kFirstFleet, "c1", packed}, transaction);
    ASSERT_TRUE(transaction.Commit().ok());
  }
  void Start(const std::string& url) {
    options_.url = url;
    auto forwarder = Forwarder::Start(outbox(), IdLabel, clock_, options_, registry_);
    ASSERT_TRUE(forwarder.ok()) << forwarder.status().message();
    forwarder_ = std::move(forwarder).value();
  }
  void AwaitEmpty() {
    const auto deadline = std::chrono::steady_clock::now() + kPatience;
    while (outbox().size().reports > 0 && std::chrono::steady_clock::now() < deadline) {
      std::this_thread::sleep_for(milliseconds(1));
    }
    EXPECT_EQ(outbox().size().reports, 0U);
    EXPECT_EQ(outbox().size().bytes, 0U);
  }
  std::vector<uint64_t> Parked() {
    std::vector<uint64_t> parked;
    EXPECT_TRUE(outbox()
                    .ReadParked(0,
                                [&](uint64_t sequence, std::string_view) {
                                  parked.push_back(sequence);
                                  return true;
                                })
                    .ok());
    return parked;
  }
  uint64_t Counter(const std::string& name) { return registry_.GetCounter(name, "").value(); }
  static std::string Line(const std::string& series_and_value) {
    return series_and_value.substr(0, series_and_value.find(' ')) + "{cluster_id=\"c1\"}" +
           series_and_value.substr(series_and_value.find(' ')) + " 1772884805250\n";
  }

  rollcall::test::TempDir dir_;
  std::unique_ptr<storage::Stores> stores_;
  test::ManualClock clock_{UnixSeconds(std::chrono::seconds(1772884900))};
  metrics::Registry registry_;
  ForwarderOptions options_;
  std::mutex mutex_;
  std::vector<milliseconds> delays_;  // guarded by mutex_
  std::unique_ptr<Forwarder> forwarder_;
};

TEST_F(ForwarderTest, WhatWaitsIsSentInOneRequestInOrderOnAConnectionThatStaysOpen) {
  Receiver receiver([](const auto&) { return 204; });
  Put({"a 1\n", "b 2\n", "c 3\n"});
  Start(receiver.Url());
  ASSERT_TRUE(receiver.AwaitRequests(1));
  AwaitEmpty();
  Put({"d 4\n"});
  AwaitEmpty();
  const auto requests = receiver.requests();
  ASSERT_EQ(requests.size(), 2U);
  EXPECT_EQ(requests[0].body, Line("a 1") + Line("b 2") + Line("c 3"));
  EXPECT_EQ(requests[1].body, Line("d 4"));
  EXPECT_THAT(requests[0].head,
              ::testing::StartsWith("POST /api/v1/import/prometheus?x=1 HTTP/1.1"));
  EXPECT_EQ(receiver.connections(), 1);
}

TEST_F(ForwarderTest, RequestsHaveABoundAndALargeReportTakesSeveral) {
  Receiver receiver([](const auto&) { return 200; });
  options_.max_request_bytes = 100;
  std::string large;
  std::string all;
  for (int i = 0; i < 20; ++i) {
    const std::string line = "large" + std::to_string(i) + " 1";
    large += line + "\n";
    all += Line(line);
  }
  Put({"a 1\n", large, "b 2\n"});
  Start(receiver.Url());
  AwaitEmpty();
  std::string text;
  for (const auto& request : receiver.requests()) {
    EXPECT_LE(request.body.size(), 100 + Line("large19 1").size());
    text += request.body;
  }
  EXPECT_EQ(text, Line("a 1") + all + Line("b 2"));
  EXPECT_GT(receiver.requests().size(), 5U);
}

TEST_F(ForwarderTest, OnlyTheReportThatIsRefusedIsParked) {
  for (const int refusal : {400, 413, 422}) {
    Receiver receiver([&](const auto& request) {
      return request.body.find("bad") == std::string::npos ? 204 : refusal;
    });
    std::vector<std::string> bodies;
    for (int i = 0; i < 50; ++i)
      bodies.push_back(i == 23 ? "bad 1\n" : "n " + std::to_string(i) + "\n");
    Put(bodies);
    Start(receiver.Url());
    AwaitEmpty();
    forwarder_.reset();
    std::string taken;
    for (const auto& request : receiver.requests()) {
      if (request.body.find("bad") == std::string::npos) taken += request.body;
    }
    std::string wanted;
    for (int i = 0; i < 50; ++i) {
      if (i != 23) wanted += Line("n " + std::to_string(i));
    }
    EXPECT_EQ(taken, wanted) << refusal;
  }
  EXPECT_THAT(Parked(), ElementsAre(24, 74, 124));
  EXPECT_TRUE(delays_.empty());
}

TEST_F(ForwarderTest, WhatSaysNothingOfTheReportsMakesAllOfThemWait) {
  const std::vector<int> statuses{500, 503, 429, 408, 401, 403, 404, 301, 0};
  std::atomic<size_t> next{0};
  Receiver receiver([&](const auto&) {
    const size_t at = next++;
    return at < statuses.size() ? statuses[at] : 204;
  });
  Put({"a 1\n", "b 2\n"});
  Start(receiver.Url());
  AwaitEmpty();
  for (const auto& request : receiver.requests()) {
    EXPECT_EQ(request.body, Line("a 1") + Line("b 2"));
  }
  EXPECT_TRUE(Parked().empty());
  const std::lock_guard lock(mutex_);
  ASSERT_EQ(delays_.size(), statuses.size());
  for (size_t i = 0; i < delays_.size(); ++i) {
    EXPECT_LE(delays_[i], BackoffDelay(static_cast<uint32_t>(i + 1), 1)) << i;
  }
}

TEST_F(ForwarderTest, WithNobodyThereItWaitsAndNothingIsLost) {
  const test::DeafPort deaf;
  std::atomic<int> pauses{0};
  options_.pause = [&](milliseconds, std::stop_token stop) {
    ++pauses;
    pauses.notify_all();
    std::mutex mutex;
    std::unique_lock lock(mutex);
    std::condition_variable_any().wait_for(lock, stop, milliseconds(5), [] { return false; });
  };
  Put({"a 1\n"});
  Start("http://127.0.0.1:" + std::to_string(deaf.port()) + "/");
  for (int seen = pauses; seen < 3; seen = pauses) pauses.wait(seen);
  forwarder_.reset();
  EXPECT_EQ(outbox().size().reports, 1U);
  EXPECT_GE(Counter("rollcall_forward_failures_total"), 3U);
}

TEST_F(ForwarderTest, AfterARestartItGoesOnWithWhatWasNotSent) {
  std::atomic<bool> takes{true};
  Receiver receiver([&](const auto&) { return takes ? 204 : 503; });
  Put({"a 1\n"});
  Start(receiver.Url());
  AwaitEmpty();
  takes = false;
  Put({"b 2\n", "c 3\n"});
  ASSERT_TRUE(receiver.AwaitRequests(2));
  forwarder_.reset();
  stores_.reset();
  storage::StoreOptions store;
  store.directory = dir_.path();
  stores_ = storage::Stores::Open(store).value();
  takes = true;
  const size_t before = receiver.requests().size();
  Start(receiver.Url());
  AwaitEmpty();
  EXPECT_EQ(receiver.requests()[before].body, Line("b 2") + Line("c 3"));
}

TEST_F(ForwarderTest, StoppingLetsTheRequestUnderWayEnd) {
  std::atomic<bool> asked{false};
  std::atomic<bool> go{false};
  Receiver receiver([&](const auto&) {
    asked = true;
    asked.notify_all();
    go.wait(false);
    return 204;
  });
  Put({"a 1\n"});
  Start(receiver.Url());
  asked.wait(false);
  std::thread stop([&] { forwarder_->Stop(kPatience); });
  go = true;
  go.notify_all();
  stop.join();
  EXPECT_EQ(outbox().size().reports, 0U);
}

TEST_F(ForwarderTest, ARequestThatDoesNotEndWithinTheGraceIsCutOffAndItsReportsStay) {
  std::atomic<bool> asked{false};
  std::atomic<bool> go{false};
  Receiver receiver([&](const auto&) {
    asked = true;
    asked.notify_all();
    go.wait(false);
    return 204;
  });
  Put({"a 1\n"});
  Start(receiver.Url());
  asked.wait(false);
  forwarder_->Stop(milliseconds(10));
  EXPECT_EQ(outbox().size().reports, 1U);
  go = true;
  go.notify_all();
}

TEST_F(ForwarderTest, CredentialsAreSentAndReadAnewForEachRequest) {
  const std::string file = dir_.path() + "-token";
  std::ofstream(file) << "first";
  Receiver receiver([&](const auto& request) {
    if (request.head.find("Authorization: Bearer second\r\n") != std::string::npos) return 204;
    std::ofstream(file) << "second";
    return 401;
  });
  options_.credentials.bearer_token_file = file;
  Put({"a 1\n"});
  Start(receiver.Url());
  AwaitEmpty();
  EXPECT_THAT(receiver.requests()[0].head, HasSubstr("Authorization: Bearer first\r\n"));
  EXPECT_EQ(receiver.requests().size(), 2U);
  std::filesystem::remove(file);
}

TEST_F(ForwarderTest, ARowThatCannotBeReadIsParkedAndTheOthersGoOn) {
  Receiver receiver([](const auto&) { return 204; });
  Put({"a 1\n"});
  PutRaw("not a frame");
  Put({"{no report\n"});
  Put({"b 2\n"});
  Start(receiver.Url());
  AwaitEmpty();
  EXPECT_THAT(Parked(), ElementsAre(2, 3));
  std::string text;
  for (const auto& request : receiver.requests()) text += request.body;
  EXPECT_EQ(text, Line("a 1") + Line("b 2"));
  EXPECT_EQ(Counter("rollcall_forward_reports_sent_total"), 2U);
  EXPECT_EQ(Counter("rollcall_forward_reports_parked_total"), 2U);
}

TEST_F(ForwarderTest, AUrlOrAFileThatIsWrongIsToldAtTheStart) {
  options_.url = "ftp://x/";
  EXPECT_EQ(Forwarder::Start(outbox(), IdLabel, clock_, options_, registry_).status().code(),
            Code::kInvalidArgument);
  options_.url = "http://x/";
  options_.credentials.bearer_token_file = dir_.path() + "/nowhere";
  EXPECT_EQ(Forwarder::Start(outbox(), IdLabel, clock_, options_, registry_).status().code(),
            Code::kFailedPrecondition);
}

}  // namespace
}  // namespace rollcall::forward
