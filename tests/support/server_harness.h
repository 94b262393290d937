// The fixture of tests of a whole server in this process: both listeners on free loopback ports, a
// store in a temporary directory, and a clock that stands still where the test sets it. Owned by
// the test; for its thread.
#pragma once

#include <gtest/gtest.h>

#include <memory>
#include <string>
#include <utility>

#include "api/server.h"
#include "base/clock.h"
#include "tests/support/await.h"
#include "tests/support/cozystack.h"
#include "tests/support/http_client.h"
#include "tests/support/manual_clock.h"
#include "tests/support/rollcall_harness.h"
#include "tests/support/temp_dir.h"

namespace rollcall::test {

class ServerTest : public ::testing::Test {
 protected:
  using Reply = HttpClient::Reply;

  ServerTest() {
    options_.front.public_address = "127.0.0.1:0";
    options_.front.private_address = "127.0.0.1:0";
    options_.app_list.url = "";              // sends nothing out of this machine
    options_.scraper.no_own_samples = true;  // nothing is stored but what the test sends
    // Long enough that a report shows in the next answer however slow the machine is.
    options_.tallies.patience = std::chrono::hours(1);
  }

  void SetUp() override { Start(); }
  void TearDown() override { Stop(); }

  void Start() {
    registry_ = std::make_unique<metrics::Registry>();
    storage::StoreOptions store;
    store.directory = dir_.path();
    auto stores = storage::Stores::Open(store);
    ASSERT_TRUE(stores.ok()) << stores.status().message();
    stores_ = stores->get();
    auto server =
        api::Server::Start(options_, std::move(stores).value(), catalog_, clock_, *registry_);
    ASSERT_TRUE(server.ok()) << server.status().message();
    server_ = std::move(server).value();
    public_ = std::make_unique<HttpClient>(server_->public_port());
    private_ = std::make_unique<HttpClient>(server_->private_port());
  }
  void Stop() {
    public_.reset();
    private_.reset();
    if (server_) server_->Stop(std::chrono::seconds(20));
    server_.reset();
    stores_ = nullptr;
  }
  void Restart() {
    Stop();
    Start();
  }

  // Sets the clock, and makes the store accept and persist its time.
  void SetTime(const std::string& text) {
    clock_.Set(At(text));
    if (stores_ != nullptr) {
      EXPECT_TRUE(stores_->time().Accept(At(text)).ok());
      EXPECT_TRUE(stores_->time().Persist().ok());
    }
  }
  // Sets the clock alone, right or wrong.
  void SetClock(const std::string& text) { clock_.Set(At(text)); }

  // Posts a report and returns "200", or the status and the answer's body.
  std::string Report(const std::string& id, const std::string& body) {
    return Render(public_->Post(id, body));
  }
  std::string Overview(const std::string& query) {
    return Render(public_->Get("/api/overview?" + query));
  }
  // Returns the status and, where there is one, the body.
  static std::string Render(const Reply& reply) {
    return std::to_string(reply.status) + (reply.body.empty() ? "" : " " + reply.body);
  }

  // Polls a metric until it is `wanted`, for a bounded time, and returns its last value. Counters
  // are written just after the answer that a client can see, so there is no event to wait for.
  double AwaitMetric(const std::string& name_and_labels, double wanted) {
    double value = 0;
    Await([&] { return (value = private_->Metric(name_and_labels)) == wanted; });
    return value;
  }

  TempDir dir_;
  fleets::Catalog catalog_{BuiltInFleets()};
  ManualClock clock_{At("2026-03-15 12:00:00")};
  api::ServerOptions options_;
  storage::Stores* stores_ = nullptr;  // owned by the server
  std::unique_ptr<metrics::Registry> registry_;
  std::unique_ptr<api::Server> server_;
  std::unique_ptr<HttpClient> public_;
  std::unique_ptr<HttpClient> private_;
};

}  // namespace rollcall::test
