// What becomes of a target's answer, in both of its forms.
#include "hosts/targets.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>
#include <random>

#include "parse/request_metrics.h"
#include "tests/support/loopback_server.h"

namespace rollcall::hosts {
namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;
using ::testing::AllOf;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::Pair;
using ::testing::StartsWith;

// As agbero answers GET /uptime, with what is not looked at.
constexpr const char* kUptime = R"({"status":"ok","uptime":"3h","hosts":{
  "a.example":{"routes":[
    {"path":"/","backends":[
      {"url":"http://10.0.0.1:80","alive":true,"in_flight":2,"failures":3,"total_reqs":600,
       "latency_us":{"p50":1000,"p90":9000,"p99":10000,"max":20000,"count":600,"sum_us":1,
                     "avg_us":1},"health":{"status":"Healthy","score":97}},
      {"url":"http://10.0.0.2:80","alive":true,"failures":1,"total_reqs":400,
       "latency_us":{"p99":15500,"count":9},"health":{"status":"Degraded"}}]},
    {"path":"/api","backends":[
      {"alive":false,"failures":6,"total_reqs":0,"latency_us":{"p99":99999999,"count":0},
       "health":{"status":"Dead"}},
      {"alive":true,"failures":0,"total_reqs":0,"latency_us":{"p99":0,"count":0},
       "health":{"status":"Unhealthy"}}]}],
   "total_reqs":1003},
  "b.example":{"routes":[{"backends":[{"alive":true,"failures":0,"total_reqs":5},
                                      {"alive":false,"failures":2,"total_reqs":7}]}]},
  "static.example":{"routes":null,"total_reqs":12},
  "idle.example":{}},"global":{"total_reqs":99}})";

constexpr const char* kMetrics =
    R"(# HELP agbero_http_requests_total Total number of HTTP requests made.
# TYPE agbero_http_requests_total counter
agbero_http_requests_total{code="200",host="a.example",method="GET"} 900
agbero_http_requests_total{code="404",host="a.example",method="GET"} 50
agbero_http_requests_total{code="502",host="a.example",method="POST"} 40
agbero_http_requests_total{code="599",host="a.example",method="POST"} 10
agbero_http_requests_total{code="200",host="b.example",method="GET"} 7
# TYPE agbero_http_request_duration_seconds histogram
agbero_http_request_duration_seconds_bucket{host="a.example",method="GET",le="0.1"} 800
agbero_http_request_duration_seconds_bucket{host="a.example",method="GET",le="+Inf"} 950
agbero_http_request_duration_seconds_bucket{host="a.example",method="POST",le="0.1"} 5
agbero_http_request_duration_seconds_bucket{host="a.example",method="POST",le="+Inf"} 50
agbero_http_request_duration_seconds_sum{host="a.example",method="GET"} 31.5
agbero_http_request_duration_seconds_count{host="a.example",method="GET"} 950
agbero_active_connections{host="a.example"} 3
go_goroutines 12
)";

TEST(Targets, AnUptimeIsRead) {
  const auto read = ReadAnswer(kUptime, "edge");
  ASSERT_TRUE(read.ok()) << read.status().message();
  // (10 ms + 15.5 ms) / 2: of the two backends that have latencies.
  EXPECT_THAT(*read, ElementsAre(Pair("a.example", HostCounters{1'003, 10, 12.75, {}, 2}),
                                 Pair("b.example", HostCounters{12, 2, 0, {}, 1}),
                                 Pair("idle.example", HostCounters{}),
                                 Pair("static.example", HostCounters{12, 0, 0, {}, 0})));
}

TEST(Targets, MetricsAreRead) {
  const auto read = ReadAnswer(kMetrics, "edge");
  ASSERT_TRUE(read.ok()) << read.status().message();
  EXPECT_THAT(
      *read,
      ElementsAre(Pair("a.example", HostCounters{1'000, 50, 0, {{0.1, 805}, {HUGE_VAL, 1'000}}, 0}),
                  Pair("b.example", HostCounters{7, 0, 0, {}, 0})));
}

TEST(Targets, WhatHasNoHostCountsForTheTarget) {
  const auto read = ReadAnswer("agbero_http_requests_total{code=\"500\"} 4\n", "edge");
  ASSERT_TRUE(read.ok());
  EXPECT_THAT(*read, ElementsAre(Pair("edge", HostCounters{4, 4, 0, {}, 0})));
}

TEST(Targets, NumbersThatAreNoCountsAreLeftOut) {
  const auto read = ReadAnswer(
      "agbero_http_requests_total{host=\"a\",code=\"200\"} NaN\n"
      "agbero_http_requests_total{host=\"a\",code=\"201\"} -3\n"
      "agbero_http_requests_total{host=\"a\",code=\"202\"} +Inf\n"
      "agbero_http_requests_total{host=\"b\",code=\"200\"} 5\n",
      "edge");
  ASSERT_TRUE(read.ok());
  EXPECT_THAT(*read, ElementsAre(Pair("b", HostCounters{5, 0, 0, {}, 0})));
}

std::string Why(const std::string& body) {
  const auto read = ReadAnswer(body, "edge");
  return read.ok() ? "ok" : read.status().message();
}

TEST(Targets, WhatIsNeitherFormIsRefusedWithItsPlace) {
  EXPECT_THAT(Why("<html>"), StartsWith("line 1: "));
  EXPECT_THAT(Why("a 1\nb 2\nc{ 3\n"), StartsWith("line 3: "));
  EXPECT_THAT(Why("{"), HasSubstr("ends before its JSON"));
  EXPECT_EQ(Why("{}"), "hosts is missing");
  EXPECT_EQ(Why(R"({"hosts":[]})"), "hosts is not an object");
  EXPECT_EQ(Why(R"({"hosts":{"a":1}})"), "host \"a\": it is not an object");
  EXPECT_EQ(Why(R"({"hosts":{"a":{"total_reqs":"7"}}})"),
            "host \"a\": total_reqs is not a number from 0 on");
  EXPECT_EQ(Why(R"({"hosts":{"a":{"total_reqs":-7}}})"),
            "host \"a\": total_reqs is not a number from 0 on");
  EXPECT_EQ(Why(R"({"hosts":{"a":{"routes":{}}}})"), "host \"a\": routes is not an array");
  EXPECT_THAT(Why(R"({"hosts":)" + std::string(100'000, '[')), HasSubstr("not an object"));
  EXPECT_THAT(Why(R"({"x":)" + std::string(100'000, '[')), HasSubstr("nested deeper"));
  EXPECT_THAT(Why(R"({"hosts":{}} {"hosts":{}})"), StartsWith("byte 14: "));
}

TEST(Targets, TooManyHostsAreRefused) {
  std::string uptime = "{\"hosts\":{";
  std::string metrics;
  for (size_t i = 0; i <= kMostHostsOfAnswer; ++i) {
    uptime += (i > 0 ? ",\"h" : "\"h") + std::to_string(i) + "\":{}";
    metrics += "agbero_http_requests_total{host=\"h" + std::to_string(i) + "\"} 1\n";
  }
  EXPECT_EQ(Why(uptime + "}}"), "more than 50000 hosts");
  EXPECT_EQ(Why(metrics + "agbero_http_requests_total 1\n"), "more than 50000 hosts");
}

TEST(Targets, AnyBytesEndInAnAnswer) {
  std::mt19937 random(13);
  for (const std::string good : {kUptime, kMetrics}) {
    for (int i = 0; i < 5'000; ++i) {
      std::string body = good;
      for (auto changes = random() % 5 + 1; changes > 0; --changes) {
        body[random() % body.size()] = static_cast<char>(random());
      }
      body.resize(random() % 2 == 0 ? body.size() : random() % body.size());
      Why(body);
    }
  }
}

// --- over the network ---------------------------------------------------------------------------

class FetchTest : public ::testing::Test {
 protected:
  // "ok", or why a target that answers so gives nothing.
  static std::string Ask(const test::LoopbackServer::Handler& handler,
                         milliseconds timeout = seconds(60)) {
    const test::LoopbackServer server(handler);
    const auto read = SourceOf({"edge", server.Url("/uptime")}, timeout).read({});
    return read.ok() ? "ok" : read.status().message();
  }
  static std::string AskFor(const std::string& answer) {
    return Ask([&](test::Connection& connection, const std::string&) { connection.Send(answer); });
  }
};

TEST_F(FetchTest, ATargetIsAskedByGet) {
  std::string head;
  EXPECT_EQ(Ask([&](test::Connection& connection, const std::string& received) {
              head = received;
              connection.Send(test::Answer("200 OK", kUptime));
            }),
            "ok");
  EXPECT_THAT(head, StartsWith("GET /uptime HTTP/1.1\r\n"));
}

TEST_F(FetchTest, OtherAnswersAreToldByTheirStatus) {
  EXPECT_THAT(AskFor(test::Answer("500 Internal Server Error", kUptime)), HasSubstr("HTTP 500"));
  EXPECT_THAT(AskFor(test::Answer("302 Found", "", "Location: http://127.0.0.1:1/\r\n")),
              HasSubstr("HTTP 302"));
  EXPECT_THAT(AskFor(test::Answer("200 OK", "<html>")),
              AllOf(StartsWith("GET http://127.0.0.1:"), HasSubstr("/uptime: line 1: ")));
  EXPECT_THAT(AskFor(test::Answer("200 OK", "")), HasSubstr("it names no host"));
  EXPECT_THAT(AskFor(test::Answer("200 OK", "go_goroutines 12\n")), HasSubstr("it names no host"));
  EXPECT_NE(AskFor("\x16\x03garbage"), "ok");
  EXPECT_NE(AskFor(""), "ok");
}

TEST_F(FetchTest, ATargetThatHangsIsGivenUp) {
  constexpr milliseconds kTimeout{300};
  const auto start = std::chrono::steady_clock::now();
  EXPECT_NE(Ask([](test::Connection& connection, const std::string&) { connection.AwaitClose(); },
                kTimeout),
            "ok");
  EXPECT_NE(Ask(
                [](test::Connection& connection, const std::string&) {
                  connection.Send("HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\n{");
                  connection.AwaitClose();
                },
                kTimeout),
            "ok");
  // One that drips, so that no silence is long.
  EXPECT_NE(Ask(
                [](test::Connection& connection, const std::string&) {
                  connection.Send("HTTP/1.1 200 OK\r\n\r\n");
                  while (connection.Send(" ")) std::this_thread::sleep_for(milliseconds(20));
                },
                kTimeout),
            "ok");
  EXPECT_LT(std::chrono::steady_clock::now() - start, seconds(30));
}

TEST_F(FetchTest, AnAnswerWithoutEndIsCutOff) {
  const test::LoopbackServer server([](test::Connection& connection, const std::string&) {
    connection.Send("HTTP/1.1 200 OK\r\n\r\n{\"x\":\"");
    const std::string much(1 << 20, 'x');
    while (connection.Send(much)) {
    }
  });
  const auto read = SourceOf({"edge", server.Url()}, seconds(60)).read({});
  ASSERT_FALSE(read.ok());
  EXPECT_EQ(read.status().code(), Code::kInvalidArgument) << read.status().message();
}

TEST_F(FetchTest, AStopEndsARequestAtOnce) {
  std::stop_source stop;
  const test::LoopbackServer server([&](test::Connection& connection, const std::string&) {
    stop.request_stop();
    connection.AwaitClose();
  });
  EXPECT_FALSE(SourceOf({"edge", server.Url()}, seconds(600)).read(stop.get_token()).ok());
}

}  // namespace
}  // namespace rollcall::hosts
