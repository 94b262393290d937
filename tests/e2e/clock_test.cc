// rollcall under clocks that are wrong: ahead, back, 1970, 2099, while it runs and between starts,
// with reports on their way to a receiver. Nothing is deleted that was not due, and once the clock
// is right everything is as without the jump.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <fstream>
#include <iostream>
#include <memory>
#include <string>
#include <thread>

#include "base/civil_time.h"
#include "tests/e2e/rollcall_process.h"
#include "tests/support/loopback_server.h"
#include "tests/support/temp_dir.h"

namespace rollcall::test {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;

constexpr int kMonths = 12;
constexpr int kClusters = 5;
constexpr int kJumps = 20;

class ClockTest : public ::testing::Test {
 protected:
  ClockTest() { SetClock("+0d"); }

  void SetUp() override {
#ifdef ROLLCALL_SANITIZED
    GTEST_SKIP() << "a sanitizer's library wants to be loaded before the one that fakes the time";
#endif
  }

  // "+800d", "-3d"; "1970", "2099": that year from its start on.
  void SetClock(const std::string& text) {
    std::string offset = text;
    if (text[0] != '+' && text[0] != '-') {
      const int64_t wanted = Month::FromYearMonth(std::stoi(text), 1).Start().time_since_epoch() /
                             std::chrono::seconds(1);
      const int64_t now = SystemClock().Now().time_since_epoch().count();
      // An hour later each time: an export writes one report of a stream for each second.
      const int64_t from = wanted + 3600 * ++years_;
      offset = (from < now ? "" : "+") + std::to_string(from - now);
    }
    // Renamed into its place: it is read whenever the time is asked for.
    const std::string file = dir_.path() + "/clock";
    std::ofstream(file + ".new") << offset << "\n";
    ASSERT_EQ(std::rename((file + ".new").c_str(), file.c_str()), 0);
  }

  void Start() {
    ChildOptions options = RollcallProcess::Serving(
        store(), {"--retention", "13", "--peaks-retention", "13", "--outbox-retention", "1h",
                  "--forward-url", receiver_.Url() + "/api/v1/import/prometheus"});
    options.variables.insert({{"LD_PRELOAD", "/usr/$LIB/faketime/libfaketimeMT.so.1"},
                              {"FAKETIME_TIMESTAMP_FILE", dir_.path() + "/clock"},
                              {"FAKETIME_NO_CACHE", "1"},
                              {"FAKETIME_DONT_FAKE_MONOTONIC", "1"},
                              {"DONT_FAKE_MONOTONIC", "1"}});
    rollcall_ = std::make_unique<RollcallProcess>(options);
    // What goes by the time is done at each start.
    for (const char* job : {"clock", "tallies", "retention"}) AwaitJob(job);
  }
  void Restart() {
    EXPECT_EQ(rollcall_->Stop(), 0);
    Start();
  }
  void AwaitJob(const std::string& job) {
    const std::string runs = "rollcall_job_runs_total{job=\"" + job + "\",result=\"ok\"}";
    Await([&] { return Metric(runs) >= 1; }, runs);
  }
  template <typename Condition>
  void Await(Condition is_so, const std::string& what) {
    for (int i = 0; i < 3'000 && !is_so(); ++i) {
      std::this_thread::sleep_for(std::chrono::milliseconds(10));
    }
    EXPECT_TRUE(is_so()) << what;
  }

  // A year of history, a report of each cluster a month, until an hour ago.
  static std::string History() {
    const int64_t now = SystemClock().Now().time_since_epoch().count();
    std::string text;
    for (int month = 0; month < kMonths; ++month) {
      for (int c = 0; c < kClusters; ++c) {
        const std::string end = std::to_string((now - month * 30 * 86'400 - 3'600) * 1'000) + "\n";
        const std::string id = "{cluster_id=\"h" + std::to_string(c) + "\"} ";
        text += "cozy_cluster_info" + id + "1 " + end;
        text += "cozy_nodes_count" + id + std::to_string(c + 1) + " " + end;
      }
    }
    return text;
  }

  int Post() {
    const auto reply = rollcall_->Public().Post(
        "live", "cozy_cluster_info 1\ncozy_nodes_count " + std::to_string(++serial_) + "\n");
    EXPECT_EQ(reply.status == 503, !reply.Header("retry-after").empty());
    return reply.status;
  }
  int64_t Exported() {
    const std::string text = rollcall_->Private().Get("/api/v1/export?format=text").body;
    return std::count(text.begin(), text.end(), '\n');
  }
  double Metric(const std::string& name) { return rollcall_->Private().Metric(name); }
  // What this month's overview counts, without the time at which it was made.
  std::string ThisMonth() {
    const Month now = Month::Of(SystemClock().Now());
    const std::string text = rollcall_->Public()
                                 .Get("/api/overview?year=" + std::to_string(now.year()) +
                                      "&month=" + std::to_string(now.month()))
                                 .body;
    return text.substr(std::min(text.find("\"periods\""), text.size()));
  }
  std::string FirstMonth() {
    const std::string text = rollcall_->Public().Get("/api/v1/fleets").body;
    const size_t at = text.find("\"first_month\":");
    return at == std::string::npos ? text : text.substr(at + 15, 7);
  }
  std::string store() const { return dir_.path() + "/store"; }
  Finished Clock(std::vector<std::string> args) {
    args.insert(args.begin(), "clock");
    return RunToEnd(args);
  }

  TempDir dir_;
  // Refuses each report, so that all of them are parked.
  LoopbackServer receiver_{[](Connection& connection, const std::string&) {
    connection.Send("HTTP/1.1 400 Bad Request\r\nContent-Length: 0\r\nConnection: close\r\n\r\n");
  }};
  std::unique_ptr<RollcallProcess> rollcall_;
  int serial_ = 0;
  int years_ = 0;  // that the clock was set to
};

TEST_F(ClockTest, TwentyJumpsDeleteNothing) {
  Start();
  const std::string private_url = "http://127.0.0.1:" + std::to_string(rollcall_->private_port());
  ASSERT_EQ(Clock({"accept", "--server", private_url}).code, 0);
  ASSERT_EQ(rollcall_->Private().PostBare(History(), "", "/api/v1/import/prometheus").status, 200);
  ASSERT_EQ(Post(), 200);
  int64_t lines = kMonths * kClusters * 2 + 2;
  double refused = 1;  // by the receiver, and parked
  ASSERT_EQ(Exported(), lines);
  const std::string first_month = FirstMonth();

  const char* const kClocks[] = {"+800d", "-3d", "1970", "2099", "+40d",
                                 "-90d",  "+2d", "2001", "+46d", "-1000d"};
  for (int jump = 0; jump < kJumps; ++jump) {
    const std::string clock = kClocks[jump % 10];
    const bool while_it_runs = jump < kJumps / 2;
    const bool is_taken = clock[0] == '+' || clock == "-3d" || clock == "2099";
    SetClock(clock);
    if (!while_it_runs) Restart();
    EXPECT_EQ(Post(), is_taken ? 200 : 503) << clock;
    const double held_back = Metric("rollcall_clock_held_back_seconds");
    EXPECT_EQ(held_back > 0, clock[0] == '+' || clock == "2099") << clock;
    if (while_it_runs) Restart();
    lines += is_taken ? 2 : 0;
    refused += is_taken ? 1 : 0;
    EXPECT_EQ(Exported(), lines) << clock;
    Await([&] { return Metric("rollcall_outbox_parked_reports") == refused; }, "parked: " + clock);
    SetClock("+0d");
    Restart();
    EXPECT_EQ(Exported(), lines) << clock;
    EXPECT_EQ(Metric("rollcall_outbox_parked_reports"), refused) << clock;
    EXPECT_EQ(Metric("rollcall_clock_held_back_seconds"), 0) << clock;
    EXPECT_EQ(FirstMonth(), first_month) << clock;
    std::cout << clock << (while_it_runs ? " while it runs" : " at a start") << ": held back "
              << held_back << " s, " << Exported() << " lines, "
              << Metric("rollcall_outbox_parked_reports") << " parked\n";
  }
  // As if nothing had been: a report of today, history once more.
  EXPECT_EQ(Post(), 200);
  EXPECT_THAT(ThisMonth(), HasSubstr("\"clusters\":" + std::to_string(kClusters + 1)));
  EXPECT_THAT(rollcall_->Private().PostBare(History(), "", "/api/v1/import/prometheus").body,
              HasSubstr("\"samples_not_kept\":0"));
  EXPECT_EQ(rollcall_->Stop(), 0);
  EXPECT_EQ(Verify(store()), "");
}

TEST_F(ClockTest, WhatCameWhileTheClockWasAheadIsToldAndTakenOut) {
  Start();
  ASSERT_EQ(rollcall_->Private().PostBare(History(), "", "/api/v1/import/prometheus").status, 200);
  ASSERT_EQ(Post(), 200);
  const int64_t lines = Exported();
  const std::string overview = ThisMonth();
  for (const char* const clock : {"+3d", "+800d"}) {
    SetClock(clock);
    ASSERT_EQ(Post(), 200);
  }
  SetClock("+0d");
  EXPECT_EQ(rollcall_->Stop(), 0);

  EXPECT_THAT(RunToEnd({"verify", "--data-dir", store()}).out, HasSubstr("2 misdated reports"));
  EXPECT_THAT(Clock({"erase-misdated", "--data-dir", store()}).out,
              HasSubstr("erased: 2 misdated reports"));
  EXPECT_THAT(RunToEnd({"verify", "--data-dir", store()}).out,
              AllOf(HasSubstr("; 0 differences\n"), Not(HasSubstr("misdated"))));
  Start();
  EXPECT_EQ(Exported(), lines);
  EXPECT_EQ(ThisMonth(), overview);
}

TEST_F(ClockTest, AMachineThatWasOffForThreeMonthsNeedsOneCommand) {
  Start();
  ASSERT_EQ(rollcall_->Private().PostBare(History(), "", "/api/v1/import/prometheus").status, 200);
  const int64_t lines = Exported();
  SetClock("+90d");
  Restart();
  const std::string server = "http://127.0.0.1:" + std::to_string(rollcall_->private_port());
  EXPECT_THAT(Clock({"--server", server}).out, HasSubstr("retention waits"));
  EXPECT_THAT(Clock({"accept", "--server", server}).out, HasSubstr("the store's time follows it"));
  EXPECT_EQ(Metric("rollcall_clock_held_back_seconds"), 0);
  Restart();
  EXPECT_LT(Exported(), lines) << "what is due goes";
  EXPECT_THAT(rollcall_->process().err(), Not(HasSubstr("retention waits")));
}

}  // namespace
}  // namespace rollcall::test
