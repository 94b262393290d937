#include "jobs/app_list.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <atomic>
#include <functional>
#include <mutex>
#include <string>
#include <thread>

#include "base/clock.h"
#include "jobs/job_table.h"
#include "metrics/registry.h"
#include "tests/support/cozystack.h"
#include "tests/support/free_port.h"
#include "tests/support/loopback_server.h"

namespace rollcall::jobs {
namespace {

using test::Answer;
using test::Connection;
using test::LoopbackServer;
using testing::HasSubstr;

const std::string kGood =
    R"([{"name":"zeta","type":"dir"},{"name":"alpha","type":"dir"},{"name":"x.md","type":"file"}])";

std::string Joined(const std::vector<std::string>& names) {
  std::string text;
  for (const std::string& name : names) text += (text.empty() ? "" : " ") + name;
  return text;
}

// A list that is refreshed from a server which answers as it is told.
const std::vector<std::string>& Declared() { return CozystackFleet().breakdowns[0].known_names; }

class AppListTest : public testing::Test {
 protected:
  void ServerSays(std::string bytes) {
    const std::lock_guard lock(mutex_);
    bytes_ = std::move(bytes);
  }
  std::string Refresh() { return list_.Refresh({}).message(); }
  std::string Current() { return Joined(*list_.Current()); }

  static http::HttpClientOptions Impatient() {
    http::HttpClientOptions options = AppList::DefaultHttp();
    options.read_timeout = std::chrono::milliseconds(500);
    return options;
  }

  std::mutex mutex_;
  std::string bytes_;  // guarded by mutex_
  LoopbackServer server_{[this](Connection& c, const std::string&) {
    std::string bytes;
    {
      const std::lock_guard lock(mutex_);
      bytes = bytes_;
    }
    if (bytes == "silence") return c.AwaitClose();
    c.Send(bytes);
  }};
  AppList list_{server_.Url("/apps"), Declared(), Impatient()};
};

TEST_F(AppListTest, BeginsWithTheBuiltInList) {
  EXPECT_EQ(Current(),
            "bucket clickhouse foundationdb harbor http-cache kafka kubernetes kubernetes-nodes "
            "mariadb mongodb nats openbao opensearch postgres qdrant rabbitmq redis tcp-balancer "
            "tenant vm-disk "
            "vm-instance vpc vpn");
}

TEST_F(AppListTest, TakesTheListOfTheServer) {
  ServerSays(Answer("200 OK", kGood));
  EXPECT_EQ(Refresh(), "");
  EXPECT_EQ(Current(), "alpha zeta");
}

TEST_F(AppListTest, KeepsTheLastGoodListWhateverTheServerDoes) {
  ServerSays(Answer("200 OK", kGood));
  ASSERT_EQ(Refresh(), "");
  const std::string url = server_.Url("/apps");
  const struct {
    std::string bytes;
    std::string message;
  } failures[] = {
      {Answer("404 Not Found", kGood),
       "refresh the app list: GET " + url + ": status 404, want 200"},
      {Answer("500 Internal Server Error", ""), "status 500, want 200"},
      {Answer("204 No Content", ""), "status 204, want 200"},
      {Answer("302 Found", "", "Location: ftp://x/\r\n"), "parse URL"},
      {Answer("200 OK", ""), "parse app list: not JSON"},
      {Answer("200 OK", "[]"), "parse app list: no entry of type dir"},
      {Answer("200 OK", "<html></html>"), "parse app list: not JSON"},
      {Answer("200 OK", kGood.substr(0, 60)), "parse app list: not JSON"},
      {Answer("200 OK", kGood + std::string(1024 * 1024, ' ')), "the body is over 1048576 bytes"},
      {"HTTP/1.1 200 OK\r\nContent-Length: 500\r\n\r\n" + kGood, "was cut off"},
      {"garbage\r\n\r\n", "not HTTP"},
      {"", "was cut off"},
      {"silence", "stalled for 500 ms"},
  };
  for (const auto& failure : failures) {
    ServerSays(failure.bytes);
    EXPECT_THAT(Refresh(), HasSubstr(failure.message));
    EXPECT_EQ(Current(), "alpha zeta") << failure.message;
  }
  ServerSays(Answer("200 OK", R"([{"name":"new","type":"dir"}])"));
  EXPECT_EQ(Refresh(), "");
  EXPECT_EQ(Current(), "new");
}

TEST_F(AppListTest, AReaderKeepsTheListItHolds) {
  const AppList::Names held = list_.Current();
  ServerSays(Answer("200 OK", kGood));
  ASSERT_EQ(Refresh(), "");
  EXPECT_EQ(Joined(*held), Joined(Declared()));
}

TEST_F(AppListTest, ReadersAreNeverKeptWaitingByARefresh) {
  ServerSays("silence");
  std::stop_source stop;
  std::thread refresh([&] { EXPECT_FALSE(list_.Refresh(stop.get_token()).ok()); });
  while (server_.connections() == 0) std::this_thread::yield();
  EXPECT_EQ(Current(), Joined(Declared()));
  stop.request_stop();
  refresh.join();
}

TEST_F(AppListTest, IsRefreshedByTheTableOfJobs) {
  ServerSays(Answer("200 OK", kGood));
  metrics::Registry registry;
  const SystemClock clock;
  JobTable table(registry, clock);
  ASSERT_TRUE(table
                  .Add({"app_list", std::chrono::hours(1),
                        [this](std::stop_token stop) { return list_.Refresh(std::move(stop)); }})
                  .ok());
  table.Start();
  while (Current() != "alpha zeta") std::this_thread::yield();
}

TEST(AppList, IsNeverRefreshedWithoutAUrl) {
  AppList list("", Declared());
  EXPECT_FALSE(list.enabled());
  EXPECT_TRUE(list.Refresh({}).ok());
  EXPECT_EQ(*list.Current(), Declared());
}

TEST(AppList, SaysThatNobodyListens) {
  const test::DeafPort deaf;
  AppList list("http://127.0.0.1:" + std::to_string(deaf.port()) + "/", Declared());
  EXPECT_THAT(list.Refresh({}).message(), HasSubstr("cannot connect"));
  EXPECT_EQ(*list.Current(), Declared());
}

}  // namespace
}  // namespace rollcall::jobs
