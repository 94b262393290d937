// The history of hosts in the binary: targets that are scraped over the network, and what a process
// that ends, well or not, leaves on the disk.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <atomic>
#include <functional>
#include <nlohmann/json.hpp>
#include <string>
#include <thread>
#include <vector>

#include "tests/e2e/rollcall_process.h"
#include "tests/support/loopback_server.h"
#include "tests/support/temp_dir.h"

namespace rollcall::test {
namespace {

using nlohmann::json;
using std::chrono::milliseconds;
using std::chrono::seconds;
using std::chrono::steady_clock;
using ::testing::AllOf;
using ::testing::Contains;
using ::testing::HasSubstr;

int64_t Now() {
  return std::chrono::floor<seconds>(std::chrono::system_clock::now()).time_since_epoch().count();
}

// Tries until it is so, for as long as a slow machine may take.
template <typename Condition>
bool Await(Condition condition) {
  for (const auto end = steady_clock::now() + seconds(60); steady_clock::now() < end;) {
    if (condition()) return true;
    std::this_thread::sleep_for(milliseconds(20));
  }
  return condition();
}

// agbero's /uptime of one host, with so many requests behind it and a hundredth of them failed.
std::string Uptime(const std::string& host, int64_t requests) {
  const json backend = {{"url", "http://10.0.0.1"},
                        {"alive", true},
                        {"in_flight", 0},
                        {"failures", requests / 100},
                        {"total_reqs", requests},
                        {"latency_us", {{"p50", 900}, {"p99", 12'500}, {"count", requests}}},
                        {"health", {{"status", "Healthy"}}}};
  return json{
      {"hosts", {{host, {{"routes", {{{"backends", {backend}}}}}, {"total_reqs", requests}}}}}}
      .dump();
}

class HostsProcessTest : public ::testing::Test {
 protected:
  ChildOptions Serving(std::vector<std::string> args = {}) const {
    args.insert(args.begin(), {"--scrape-interval", "1s"});
    return RollcallProcess::Serving(dir_.path() + "/data", std::move(args));
  }
  static std::string Target(const std::string& name, const LoopbackServer& server) {
    return "--scrape-target=" + name + "=" + server.Url("/uptime");
  }
  static std::vector<std::string> Hosts(const RollcallProcess& rollcall) {
    return json::parse(rollcall.Private().Get("/telemetry/hosts").body)["hosts"];
  }
  static json Samples(const RollcallProcess& rollcall, const std::string& host,
                      const std::string& range = "1h") {
    return json::parse(rollcall.Private()
                           .Get("/telemetry/history?host=" + host + "&range=" + range)
                           .body)["samples"];
  }
  static double Scrapes(const RollcallProcess& rollcall, const std::string& target) {
    return rollcall.Private().Metric("rollcall_scrapes_total{target=\"" + target +
                                     "\",result=\"ok\"}");
  }
  static int Push(HttpClient& client, const std::string& host, const std::vector<int64_t>& times) {
    json samples = json::array();
    for (const int64_t ts : times) {
      samples.push_back({{"ts", ts},
                         {"requests_sec", 1.5},
                         {"p99_ms", 2},
                         {"error_rate", 0},
                         {"active_backends", 1}});
    }
    return client
        .PostBare(json{{"host", host}, {"samples", samples}}.dump(), "", "/telemetry/samples")
        .status;
  }

  TempDir dir_;
};

TEST_F(HostsProcessTest, TargetsOfBothFormsAreScraped) {
  std::atomic<int64_t> requests{1'000'000};
  const LoopbackServer uptime([&](Connection& connection, const std::string&) {
    connection.Send(Answer("200 OK", Uptime("json.example", requests.fetch_add(1'000))));
  });
  const LoopbackServer metrics([&](Connection& connection, const std::string&) {
    connection.Send(Answer("200 OK",
                           "agbero_http_requests_total{host=\"text.example\",method=\"GET\","
                           "code=\"200\"} 5\n"));
  });
  RollcallProcess rollcall(Serving({Target("a", uptime), Target("b", metrics)}));
  ASSERT_TRUE(Await([&] { return Scrapes(rollcall, "a") >= 2 && Scrapes(rollcall, "b") >= 1; }));
  ASSERT_TRUE(Await([&] { return Hosts(rollcall).size() == 3; }));
  EXPECT_EQ(Hosts(rollcall),
            (std::vector<std::string>{"json.example", "rollcall", "text.example"}));
  const json first = Samples(rollcall, "json.example")[0];
  EXPECT_EQ(first["requests_sec"], 0) << "nothing to compare with yet";
  EXPECT_EQ(first["p99_ms"], 12.5);
  EXPECT_EQ(first["active_backends"], 1);
  EXPECT_NEAR(static_cast<double>(first["ts"]), static_cast<double>(Now()), 60);
  EXPECT_EQ(rollcall.Stop(), 0);
  EXPECT_EQ(Verify(dir_.path() + "/data"), "");
}

// Five that are bad in every way, and one that is good.
TEST_F(HostsProcessTest, BadTargetsDelayNoGoodOne) {
  const LoopbackServer hanging(
      [](Connection& connection, const std::string&) { connection.AwaitClose(); });
  const LoopbackServer garbage([](Connection& connection, const std::string&) {
    connection.Send(Answer("200 OK", std::string("\0\xff{{{[[", 8)));
  });
  const LoopbackServer endless([](Connection& connection, const std::string&) {
    connection.Send("HTTP/1.1 200 OK\r\n\r\n");
    const std::string much(1 << 20, 'x');
    while (connection.Send(much)) {
    }
  });
  const LoopbackServer huge([](Connection& connection, const std::string&) {
    std::string body = "{\"hosts\":{";
    for (int i = 0; i < 60'000; ++i) body += "\"h" + std::to_string(i) + "\":{},";
    connection.Send(Answer("200 OK", body + "\"a\":{}}}"));
  });
  const LoopbackServer gone([](Connection&, const std::string&) {});
  const LoopbackServer good([](Connection& connection, const std::string&) {
    connection.Send(Answer("200 OK", Uptime("good.example", 100)));
  });
  RollcallProcess rollcall(
      Serving({Target("hanging", hanging), Target("garbage", garbage), Target("endless", endless),
               Target("huge", huge), Target("gone", gone), Target("good", good)}));
  const auto start = steady_clock::now();
  ASSERT_TRUE(Await([&] { return Scrapes(rollcall, "good") >= 4; }));
  EXPECT_GE(steady_clock::now() - start, seconds(2)) << "one a second";
  for (const char* const bad : {"hanging", "garbage", "endless", "huge", "gone"}) {
    EXPECT_EQ(Scrapes(rollcall, bad), 0) << bad;
    EXPECT_TRUE(Await([&] {
      return rollcall.Private().Metric("rollcall_scrapes_total{target=\"" + std::string(bad) +
                                       "\",result=\"error\"}") >= 1;
    })) << bad;
  }
  EXPECT_EQ(Hosts(rollcall), (std::vector<std::string>{"good.example", "rollcall"}));
  const auto stop = steady_clock::now();
  EXPECT_EQ(rollcall.Stop(), 0);
  EXPECT_LT(steady_clock::now() - stop, seconds(20)) << "the end waits for no target";
  EXPECT_THAT(rollcall.process().err(),
              AllOf(HasSubstr("target garbage: GET http://127.0.0.1:"), HasSubstr("target huge: "),
                    HasSubstr("more than 50000 hosts")));
}

TEST_F(HostsProcessTest, ATargetThatComesBackGoesOn) {
  std::atomic<bool> up{false};
  const LoopbackServer server([&](Connection& connection, const std::string&) {
    connection.Send(up ? Answer("200 OK", Uptime("a", 100)) : Answer("503 Busy", ""));
  });
  RollcallProcess rollcall(Serving({Target("edge", server)}));
  ASSERT_TRUE(
      rollcall.process().AwaitErr("target edge: GET " + server.Url("/uptime") + ": HTTP 503"));
  up = true;
  ASSERT_TRUE(Await([&] { return Scrapes(rollcall, "edge") >= 1; }));
  EXPECT_TRUE(rollcall.process().AwaitErr("target edge: answers again after "));
  ASSERT_TRUE(Await([&] { return Hosts(rollcall).size() == 2; }));
  EXPECT_EQ(Samples(rollcall, "a").size(), 1U);
}

TEST_F(HostsProcessTest, RollcallRecordsItself) {
  RollcallProcess rollcall(Serving());
  ASSERT_TRUE(Await([&] { return Scrapes(rollcall, "rollcall") >= 2; }));
  EXPECT_THAT(Hosts(rollcall), Contains("rollcall"));
  EXPECT_EQ(Samples(rollcall, "rollcall")[0]["active_backends"], 1);
}

// Pushes are under way all the while, each of a host of its own.
class EndTest : public HostsProcessTest {
 protected:
  static constexpr int kSenders = 4;

  // Pushes until `end` has ended the server. What was answered 204 is there when it is back, and of
  // what was not all or nothing.
  void PushUntilEndedBy(const std::function<void(RollcallProcess&)>& end) {
    const int64_t start = Now() - 600;
    std::vector<std::vector<std::string>> answered(kSenders);
    {
      RollcallProcess rollcall(Serving());
      std::atomic<int> answers{0};
      std::vector<std::thread> senders;
      for (int i = 0; i < kSenders; ++i) {
        senders.emplace_back([&, i] {
          HttpClient client(rollcall.private_port());
          for (int push = 0;; ++push) {
            const std::string host = std::to_string(i) + "-" + std::to_string(push);
            if (Push(client, host, {start, start + 60, start + 120}) != 204) return;
            answered[static_cast<size_t>(i)].push_back(host);
            ++answers;
            answers.notify_all();
          }
        });
      }
      for (int seen = answers; seen < 200; seen = answers) answers.wait(seen);
      end(rollcall);
      for (std::thread& sender : senders) sender.join();
    }
    EXPECT_EQ(Verify(dir_.path() + "/data"), "");
    RollcallProcess again(Serving());
    const std::vector<std::string> hosts = Hosts(again);
    for (const auto& sent : answered) {
      for (const std::string& host : sent) {
        ASSERT_TRUE(std::binary_search(hosts.begin(), hosts.end(), host)) << host;
      }
    }
    for (const std::string& host : hosts) {
      if (host == "rollcall") continue;
      ASSERT_EQ(Samples(again, host).size(), 3U) << host;
    }
  }
};

TEST_F(EndTest, WhatWasAnsweredIsThereAfterSigterm) {
  PushUntilEndedBy([](RollcallProcess& rollcall) { EXPECT_EQ(rollcall.Stop(), 0); });
}

TEST_F(EndTest, WhatWasAnsweredIsThereAfterKill) {
  PushUntilEndedBy([](RollcallProcess& rollcall) { rollcall.Kill(); });
}

TEST_F(HostsProcessTest, WhatWasScrapedBeforeSigtermIsThere) {
  const LoopbackServer server([](Connection& connection, const std::string&) {
    std::string body = "{\"hosts\":{\"h0\":{}";
    for (int i = 1; i < 5'000; ++i) body += ",\"h" + std::to_string(i) + "\":{}";
    connection.Send(Answer("200 OK", body + "}}"));
  });
  {
    RollcallProcess rollcall(Serving({Target("edge", server)}));
    // As soon as they are handed over, written or not.
    ASSERT_TRUE(Await([&] { return Scrapes(rollcall, "edge") >= 1; }));
    EXPECT_EQ(rollcall.Stop(), 0);
  }
  RollcallProcess again(Serving());
  EXPECT_EQ(Hosts(again).size(), 5'001U);
  EXPECT_EQ(Samples(again, "h4999").size(), 1U);
}

}  // namespace
}  // namespace rollcall::test
