// Which listener has what: the public one ingest, overview, page and health; the private one
// metrics, hosts and health. What is not public is not there.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <random>
#include <string>
#include <vector>

#include "tests/support/server_harness.h"
#include "web/assets.h"

namespace rollcall::test {
namespace {

using ::testing::AnyOf;
using ::testing::HasSubstr;
using ::testing::Not;

class RoutesListenersTest : public ServerTest {};

TEST_F(RoutesListenersTest, TheTwoListenersHaveDifferentPorts) {
  EXPECT_NE(server_->public_port(), server_->private_port());
}

TEST_F(RoutesListenersTest, HealthIsOnBoth) {
  for (HttpClient* client : {public_.get(), private_.get()}) {
    for (const auto& [path, text] :
         {std::pair("/healthz", "200 ok\n"), {"/readyz", "200 ready\n"}}) {
      const Reply reply = client->Get(path);
      EXPECT_EQ(Render(reply), text);
      EXPECT_EQ(reply.Header("content-type"), "text/plain; charset=utf-8");
      EXPECT_EQ(client->Ask("HEAD", path).status, 200);
      EXPECT_EQ(client->Ask("POST", path).status, 405);
      EXPECT_EQ(client->Ask("POST", path).Header("allow"), "GET, HEAD");
    }
  }
}

TEST_F(RoutesListenersTest, MetricsAreOnThePrivateListenerOnly) {
  const Reply reply = private_->Get("/metrics");
  EXPECT_EQ(reply.status, 200);
  EXPECT_EQ(reply.Header("content-type"), "text/plain; version=0.0.4; charset=utf-8");
  EXPECT_THAT(reply.body, HasSubstr("# TYPE rollcall_reports_total counter\n"));
  EXPECT_EQ(private_->Ask("HEAD", "/metrics").status, 200);
  for (const char* target : {"/metrics", "/metrics?x=1", "//metrics", "/metrics/", "/./metrics",
                             "/%6detrics", "/a/../metrics", "/METRICS"}) {
    for (const char* method : {"GET", "HEAD", "OPTIONS"}) {
      const Reply refused = public_->Ask(method, target);
      EXPECT_EQ(refused.status, 404) << method << " " << target;
      EXPECT_THAT(refused.body, Not(HasSubstr("rollcall_"))) << target;
    }
    EXPECT_EQ(public_->PostBare("", "", target).status, 404) << target;
  }
}

TEST_F(RoutesListenersTest, WhatIsPublicIsNotOnThePrivateListener) {
  for (const char* target : {"/", "/api/overview?year=2026&month=3", "/x"}) {
    EXPECT_EQ(Render(private_->Get(target)), "404 Not found\n") << target;
  }
  for (const char* target : {"/", "/insert", "/api/overview"}) {
    EXPECT_EQ(Render(private_->Post("a", "cozy_cluster_info 1\n", "", target)), "404 Not found\n");
  }
  EXPECT_EQ(private_->Metric("rollcall_sources"), 0);
}

TEST_F(RoutesListenersTest, EachListenerHasItsPageAndBothHaveThePartsOfPages) {
  for (const web::Asset& asset : web::Assets()) {
    const std::string path(asset.path);
    EXPECT_EQ(public_->Get(path).status, asset.never_changes() ? 200 : 404) << path;
    EXPECT_EQ(private_->Get(path).status, path == "/" ? 404 : 200) << path;
  }
}

TEST_F(RoutesListenersTest, TheHostHeaderAndForwardedHeadersOpenNoDoor) {
  const std::string private_host = "127.0.0.1:" + std::to_string(server_->private_port());
  for (const std::string& header : std::vector<std::string>{
           "X-Forwarded-Host: " + private_host, "X-Forwarded-For: 127.0.0.1",
           "REMOTE_ADDR: 127.0.0.1", "LOCAL_PORT: 8082", "Forwarded: host=" + private_host}) {
    EXPECT_EQ(public_->Get("/metrics", header + "\r\n").status, 404) << header;
  }
  test::RawClient raw(server_->public_port());
  EXPECT_EQ(raw.Ask("GET http://" + private_host + "/metrics HTTP/1.1\r\nHost: " + private_host +
                    "\r\n\r\n")
                ->body.find("rollcall_"),
            std::string::npos);
}

TEST_F(RoutesListenersTest, APathThatNobodyKnowsIsRefusedWhateverItHolds) {
  std::mt19937 random(3);
  for (int i = 0; i < 300; ++i) {
    std::string path = "/x";
    for (auto n = random() % 40; n > 0; --n) path += static_cast<char>('!' + random() % 94);
    EXPECT_THAT(public_->Get(path).status, AnyOf(404, 400)) << path;
    EXPECT_THAT(private_->Get(path).status, AnyOf(404, 400)) << path;
  }
}

TEST_F(RoutesListenersTest, AServerWithoutAPrivateListenerServesThePublicOne) {
  Stop();
  options_.front.private_address = "";
  registry_ = std::make_unique<metrics::Registry>();
  storage::StoreOptions store;
  store.directory = dir_.path();
  auto stores = storage::Stores::Open(store);
  ASSERT_TRUE(stores.ok());
  auto server =
      api::Server::Start(options_, std::move(stores).value(), catalog_, clock_, *registry_);
  ASSERT_TRUE(server.ok()) << server.status().message();
  EXPECT_EQ((*server)->private_port(), 0);
  HttpClient client((*server)->public_port());
  EXPECT_EQ(client.Post("a", "cozy_cluster_info 1\n").status, 200);
  EXPECT_EQ(client.Get("/metrics").status, 404);
  (*server)->Stop(std::chrono::seconds(20));
}

}  // namespace
}  // namespace rollcall::test
