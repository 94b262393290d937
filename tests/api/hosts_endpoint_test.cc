// The history of hosts over HTTP: what is pushed is what is shown, downsampled, and what is wrong
// is answered with why, and stored not at all.
#include <gmock/gmock.h>

#include <nlohmann/json.hpp>

#include "api/hosts_handler.h"
#include "jobs/retention.h"
#include "tests/support/gzip.h"
#include "tests/support/server_harness.h"

namespace rollcall::test {
namespace {

using nlohmann::json;
using std::chrono::hours;
using std::chrono::minutes;
using std::chrono::seconds;
using ::testing::AllOf;
using ::testing::HasSubstr;
using ::testing::StartsWith;

class HostsEndpointTest : public ServerTest {
 protected:
  int64_t Now() const { return clock_.Now().time_since_epoch().count(); }

  static json Sample(int64_t ts, double requests = 1) {
    return {{"ts", ts},
            {"requests_sec", requests},
            {"p99_ms", 12.25},
            {"error_rate", 0.5},
            {"active_backends", 3}};
  }
  Reply PushBody(const std::string& body, const std::string& headers = "") {
    return private_->PostBare(body, headers, "/telemetry/samples");
  }
  Reply Push(const std::string& host, const std::vector<json>& samples) {
    return PushBody(json{{"host", host}, {"samples", samples}}.dump());
  }
  // One sample for each of the last `count` minutes, of as many requests a second as it is minutes
  // old.
  void PushMinutes(const std::string& host, int count) {
    std::vector<json> samples;
    for (int age = count; age-- > 0;) samples.push_back(Sample(Now() - 60 * age, age));
    EXPECT_EQ(Push(host, samples).status, 204);
  }
  Reply History(const std::string& query) { return private_->Get("/telemetry/history?" + query); }
  json Samples(const std::string& query) {
    const Reply reply = History(query);
    EXPECT_EQ(reply.status, 200) << reply.body;
    return json::parse(reply.body)["samples"];
  }
  std::string Hosts() { return private_->Get("/telemetry/hosts").body; }
};

TEST_F(HostsEndpointTest, AnEmptyStoreHasNoHosts) {
  const Reply hosts = private_->Get("/telemetry/hosts");
  EXPECT_EQ(Render(hosts), "200 {\"hosts\":[]}\n");
  EXPECT_EQ(hosts.Header("content-type"), "application/json");
  const Reply history = History("host=a.example");
  EXPECT_EQ(Render(history), "200 {\"host\":\"a.example\",\"range\":\"1 hour\",\"samples\":[]}\n");
  EXPECT_EQ(history.Header("content-type"), "application/json");
}

TEST_F(HostsEndpointTest, WhatIsPushedIsShownAtOnce) {
  // 2026-03-15 12:00:00.
  const Reply pushed = PushBody(
      R"({"host":"a.example","samples":[{"ts":1773576000,"requests_sec":120.5,"p99_ms":12.25,)"
      R"("error_rate":0.125,"active_backends":3},{"ts":1773575940,"requests_sec":7,"p99_ms":0,)"
      R"("error_rate":100,"active_backends":0}]})");
  EXPECT_EQ(Render(pushed), "204");
  EXPECT_EQ(History("host=a.example").body,
            R"({"host":"a.example","range":"1 hour","samples":[)"
            R"({"ts":1773575940,"requests_sec":7,"p99_ms":0,"error_rate":100,"active_backends":0},)"
            R"({"ts":1773576000,"requests_sec":120.5,"p99_ms":12.25,"error_rate":0.125,)"
            R"("active_backends":3}]})"
            "\n");
  EXPECT_EQ(Hosts(), "{\"hosts\":[\"a.example\"]}\n");
}

TEST_F(HostsEndpointTest, HostsAreListedInOrder) {
  for (const char* const host : {"b", "a:8443", "*.c", "a"}) {
    EXPECT_EQ(Push(host, {Sample(Now())}).status, 204);
  }
  EXPECT_EQ(Hosts(), "{\"hosts\":[\"*.c\",\"a\",\"a:8443\",\"b\"]}\n");
}

// 24 hours of minutes, and of each range so many points, each the first of its step.
TEST_F(HostsEndpointTest, EachRangeHasItsLabelAndItsStep) {
  SetTime("2026-03-15 12:00:30");
  PushMinutes("a", 24 * 60 + 1);
  struct Case {
    const char* range;
    const char* label;
    int64_t span;
    int64_t step;
  };
  for (const Case& one :
       {Case{"30m", "30 minutes", 1'800, 60}, Case{"1h", "1 hour", 3'600, 60},
        Case{"6h", "6 hours", 21'600, 300}, Case{"24h", "24 hours", 86'400, 900}}) {
    const Reply reply = History(std::string("host=a&range=") + one.range);
    const json answer = json::parse(reply.body);
    EXPECT_EQ(answer["range"], one.label);
    std::vector<int64_t> expected;
    for (int64_t ts = Now() - one.span; ts <= Now(); ts += 60) {
      if (expected.empty() || ts / one.step != expected.back() / one.step) expected.push_back(ts);
    }
    std::vector<int64_t> shown;
    for (const json& sample : answer["samples"]) {
      shown.push_back(sample["ts"]);
      EXPECT_EQ(sample["requests_sec"], (Now() - shown.back()) / 60) << "another sample's numbers";
    }
    EXPECT_EQ(shown, expected) << one.range;
  }
}

TEST_F(HostsEndpointTest, ParametersAreReadAsTheContractSays) {
  PushMinutes("a", 90);
  EXPECT_EQ(Samples("host=a"), Samples("host=a&range=1h"));
  EXPECT_EQ(Samples("host=a&range="), Samples("host=a&range=1h"));
  EXPECT_EQ(Samples("host=%20a%09").size(), 61U) << "blanks around a name are none of it";
  for (const char* const query : {"", "host=", "host=%20%20", "range=1h", "host=&range=9h"}) {
    const Reply reply = History(query);
    EXPECT_EQ(Render(reply), "400 host parameter required\n") << query;
    EXPECT_THAT(reply.Header("content-type"), StartsWith("text/plain"));
  }
  for (const char* const range : {"2h", "1H", "24", "1h%20", "30min"}) {
    EXPECT_EQ(Render(History(std::string("host=a&range=") + range)),
              "400 invalid range; use 30m, 1h, 6h, or 24h\n");
  }
}

TEST_F(HostsEndpointTest, OtherMethodsAreRefusedAndThePublicListenerKnowsNothing) {
  for (const char* const path : {"/telemetry/hosts", "/telemetry/history?host=a"}) {
    for (const char* const method : {"POST", "PUT", "DELETE", "HEAD", "OPTIONS", "PATCH"}) {
      EXPECT_EQ(private_->Ask(method, path).status, 405) << method << " " << path;
    }
    EXPECT_EQ(public_->Get(path).status, 404);
  }
  EXPECT_EQ(private_->Get("/telemetry/samples").status, 405);
  EXPECT_EQ(public_->PostBare("{}", "", "/telemetry/samples").status, 404);
}

TEST_F(HostsEndpointTest, APushIsStoredWholeOrNotAtAll) {
  std::vector<json> samples;
  for (int i = 0; i < 10; ++i) samples.push_back(Sample(Now() - 60 * i));
  std::vector<json> bad = samples;
  bad[7]["error_rate"] = 100.5;
  EXPECT_EQ(Render(Push("a", bad)), "400 samples[7]: error_rate 100.5 is not from 0 to 100\n");
  EXPECT_EQ(Hosts(), "{\"hosts\":[]}\n");
  EXPECT_EQ(Push("a", samples).status, 204);
  EXPECT_EQ(Samples("host=a").size(), 10U);
  bad[7] = Sample(Now() - 3'000'000);
  EXPECT_EQ(Push("a", bad).status, 400);
  EXPECT_EQ(Samples("host=a").size(), 10U);
}

TEST_F(HostsEndpointTest, APushAgainChangesNothing) {
  PushMinutes("a", 30);
  const std::string before = History("host=a").body;
  PushMinutes("a", 30);
  EXPECT_EQ(History("host=a").body, before);
}

TEST_F(HostsEndpointTest, TimesThatAreTooFarFromOursAreRefusedWithTheirIndex) {
  const auto answer = [&](int64_t ts) { return Render(Push("a", {Sample(Now()), Sample(ts)})); };
  const std::string bounds =
      std::to_string(Now() - 86'400) + " to " + std::to_string(Now() + 60) + "\n";
  EXPECT_EQ(answer(Now() - 86'400), "204");
  EXPECT_EQ(answer(Now() + 60), "204");
  for (const int64_t ts : {Now() - 86'401, Now() + 61, int64_t{0}, int64_t{-1}, Now() * 1'000,
                           int64_t{9'223'372'036'854'775'807}}) {
    EXPECT_EQ(answer(ts),
              "400 samples[1]: ts " + std::to_string(ts) + " is not a whole number from " + bounds);
  }
  EXPECT_EQ(json::parse(History("host=a").body)["samples"].size(), 2U);
}

TEST_F(HostsEndpointTest, HostileBodiesAreAnsweredAndStoreNothing) {
  EXPECT_THAT(Render(PushBody("")), StartsWith("400 byte 1: "));
  EXPECT_EQ(PushBody(std::string(10 * 1024 * 1024, ' ')).status, 413);
  EXPECT_EQ(PushBody(std::string(api::kMaxPushBytes + 1, '[')).status, 413);
  EXPECT_THAT(Render(PushBody(std::string(api::kMaxPushBytes, '['))),
              AllOf(StartsWith("400 "), HasSubstr("not an object")));
  EXPECT_THAT(Render(PushBody("{\"x\":" + std::string(500'000, '['))),
              AllOf(StartsWith("400 "), HasSubstr("nested deeper than")));
  EXPECT_EQ(PushBody(Gzip(std::string(64 * 1024 * 1024, ' ')), "Content-Encoding: gzip\r\n").status,
            413);
  const std::string sample = Sample(Now()).dump();
  for (const std::string& bad : {sample + sample, std::string("NaN"), std::string("null"),
                                 "[" + sample + "]", std::string(R"({"ts":NaN})"),
                                 std::string(R"({"ts":1e999})"), "{\"ts\":1," + sample.substr(1)}) {
    const Reply reply = PushBody(R"({"host":"a","samples":[)" + bad + "]}");
    EXPECT_EQ(reply.status, 400) << bad << ": " << reply.body;
  }
  std::vector<json> many;
  for (size_t i = 0; i <= api::kMaxPushedSamples; ++i) many.push_back(Sample(Now()));
  EXPECT_EQ(Render(Push("a", many)), "400 samples[2000]: at most 2000 samples are allowed\n");
  EXPECT_EQ(Hosts(), "{\"hosts\":[]}\n");
  EXPECT_EQ(
      PushBody(Gzip(R"({"host":"a","samples":[)" + sample + "]}"), "Content-Encoding: gzip\r\n")
          .status,
      204);
}

TEST_F(HostsEndpointTest, AnEmptyListIsStoredAsNothing) {
  EXPECT_EQ(Push("a", {}).status, 204);
  EXPECT_EQ(Hosts(), "{\"hosts\":[]}\n");
}

TEST_F(HostsEndpointTest, NobodyPushesForThisServerItself) {
  EXPECT_EQ(Render(Push("rollcall", {Sample(Now())})), "400 host rollcall is this server itself\n");
}

TEST_F(HostsEndpointTest, OneHostTooManyIsRefusedAndTheOthersGoOn) {
  Stop();
  options_.max_hosts = 2;
  Start();
  EXPECT_EQ(Push("a", {Sample(Now())}).status, 204);
  EXPECT_EQ(Push("b", {Sample(Now())}).status, 204);
  EXPECT_EQ(Render(Push("c", {Sample(Now())})), "429 there are 2 hosts already (--max-hosts)\n");
  EXPECT_EQ(Push("a", {Sample(Now() - 60)}).status, 204);
  EXPECT_EQ(Hosts(), "{\"hosts\":[\"a\",\"b\"]}\n");
}

TEST_F(HostsEndpointTest, WhatWasAnsweredIsThereAfterARestart) {
  PushMinutes("a", 100);
  const std::string before = History("host=a&range=6h").body;
  Restart();
  EXPECT_EQ(History("host=a&range=6h").body, before);
  EXPECT_EQ(Hosts(), "{\"hosts\":[\"a\"]}\n");
}

TEST_F(HostsEndpointTest, AShorterRetentionTakesAndShowsLess) {
  PushMinutes("a", 300);
  Stop();
  options_.retention.host_samples = hours(2);
  Start();
  EXPECT_EQ(Samples("host=a&range=6h").size(), 2U * 12U + 1U);
  EXPECT_EQ(Push("a", {Sample(Now() - 7'201)}).status, 400);
  EXPECT_EQ(Push("a", {Sample(Now() - 7'200)}).status, 204);
}

TEST_F(HostsEndpointTest, AHostThatIsGoneForLongerThanTheRetentionIsNotListed) {
  SetTime("2026-03-15 12:00:00");
  PushMinutes("gone", 5);
  SetTime("2026-03-16 11:59:00");
  PushMinutes("here", 5);
  EXPECT_EQ(Hosts(), "{\"hosts\":[\"gone\",\"here\"]}\n");
  SetTime("2026-03-16 13:00:00");
  EXPECT_EQ(Hosts(), "{\"hosts\":[\"here\"]}\n");
}

TEST_F(HostsEndpointTest, AClockThatIsNotToBeBelievedTakesNoSamples) {
  SetClock("1970-01-02 00:00:00");
  const Reply reply = Push("a", {Sample(Now())});
  EXPECT_THAT(Render(reply), AllOf(StartsWith("503 the samples cannot be stored now: "),
                                   HasSubstr("no report is taken")));
  EXPECT_EQ(reply.Header("retry-after"), "60");
}

// Whatever the clock does, what is less than a day old is there.
TEST_F(HostsEndpointTest, AClockThatJumpsAheadDeletesNothingThatIsNotDue) {
  SetTime("2026-03-15 12:00:00");
  PushMinutes("a", 24 * 60);
  const std::string before = History("host=a&range=24h").body;
  for (const char* const wrong :
       {"2026-03-16 11:59:59", "2026-03-22 12:00:00", "2027-01-01 00:00:00"}) {
    SetClock(wrong);
    stores_->time().Follow(clock_.NowMilliseconds());
    ASSERT_TRUE(jobs::ApplyRetention(*stores_, catalog_.current(), options_.retention).ok());
    SetClock("2026-03-15 12:00:00");
    stores_->time().Follow(clock_.NowMilliseconds());
    ASSERT_TRUE(jobs::ApplyRetention(*stores_, catalog_.current(), options_.retention).ok());
    EXPECT_EQ(History("host=a&range=24h").body, before) << wrong;
  }
}

TEST_F(HostsEndpointTest, WhatIsDueIsDeletedADayLater) {
  SetTime("2026-03-15 12:00:00");
  PushMinutes("a", 60);
  const auto rows = [this] {
    size_t count = 0;
    for (storage::Scan scan = stores_->store().NewScan(storage::Table::kHostSamples, "", "");
         scan.Valid(); scan.Next()) {
      ++count;
    }
    return count;
  };
  SetTime("2026-03-17 11:59:00");
  ASSERT_TRUE(jobs::ApplyRetention(*stores_, catalog_.current(), options_.retention).ok());
  EXPECT_EQ(rows(), 60U) << "what goes is the six hours that begin at 06:00 of the 15th";
  SetTime("2026-03-17 12:00:00");
  ASSERT_TRUE(jobs::ApplyRetention(*stores_, catalog_.current(), options_.retention).ok());
  EXPECT_EQ(rows(), 1U) << "of 12:00";
  SetTime("2026-03-17 18:00:00");
  ASSERT_TRUE(jobs::ApplyRetention(*stores_, catalog_.current(), options_.retention).ok());
  EXPECT_EQ(rows(), 0U);
  EXPECT_EQ(Hosts(), "{\"hosts\":[]}\n");
}

TEST_F(HostsEndpointTest, ThisServerIsAHostOfItsOwn) {
  Stop();
  options_.scraper.no_own_samples = false;
  Start();
  EXPECT_EQ(AwaitMetric("rollcall_host_samples_total{outcome=\"stored\"}", 1), 1);
  EXPECT_EQ(Hosts(), "{\"hosts\":[\"rollcall\"]}\n");
  EXPECT_EQ(Samples("host=rollcall"),
            json::parse("[{\"ts\":" + std::to_string(Now()) +
                        ",\"requests_sec\":0,\"p99_ms\":0,\"error_rate\":0,"
                        "\"active_backends\":1}]"));
}

}  // namespace
}  // namespace rollcall::test
