#include "jobs/job_table.h"

#include <gtest/gtest.h>
#include <spdlog/sinks/ostream_sink.h>
#include <spdlog/spdlog.h>

#include <atomic>
#include <chrono>
#include <condition_variable>
#include <memory>
#include <mutex>
#include <sstream>
#include <stdexcept>
#include <string>

#include "tests/support/manual_clock.h"

namespace rollcall::jobs {
namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;
using SteadyTime = std::chrono::steady_clock::time_point;

TEST(RetryDelay, DoublesFromTenSecondsUpToThePeriod) {
  std::string delays;
  for (uint32_t failures = 1; failures <= 6; ++failures) {
    delays += std::to_string(RetryDelay(seconds(100), failures).count()) + " ";
  }
  EXPECT_EQ(delays, "10000 20000 40000 80000 100000 100000 ");
  EXPECT_EQ(RetryDelay(seconds(3), 1), seconds(3));
  EXPECT_EQ(RetryDelay(seconds(3), 9), seconds(3));
  EXPECT_EQ(RetryDelay(std::chrono::hours(24), 1'000'000), std::chrono::hours(24));
}

// A table whose time moves by hand and whose jobs note each run.
class JobTableTest : public testing::Test {
 protected:
  void Add(const std::string& name, milliseconds period) {
    const Status status =
        table_.Add({name, period, [this, name](std::stop_token) { return Run(name); }});
    ASSERT_TRUE(status.ok()) << status.message();
  }
  void FailFromNowOn() {
    const std::lock_guard lock(mutex_);
    result_ = Status::Unavailable("no luck");
  }
  void SucceedFromNowOn() {
    const std::lock_guard lock(mutex_);
    result_ = Status::Ok();
  }
  // Returns when the table has looked at the new time.
  void Advance(milliseconds by) {
    {
      const std::lock_guard lock(mutex_);
      now_ += by;
      clock_.Advance(by);
      looks_to_come_ = 1;
    }
    table_.TimeMoved();
    std::unique_lock lock(mutex_);
    ASSERT_TRUE(changed_.wait_for(lock, seconds(20), [&] { return looks_to_come_ < 1; }));
  }
  // The names in the order of their runs, once they are as many as wanted, the last of them has
  // ended and the table has seen what was due then.
  std::string RunsOnce(const std::string& want) {
    std::unique_lock lock(mutex_);
    changed_.wait_for(lock, seconds(20),
                      [&] { return runs_.size() >= want.size() && looks_to_come_ == 0; });
    return runs_;
  }
  // What a job does.
  Status Run(const std::string& name) {
    const std::lock_guard lock(mutex_);
    runs_ += (runs_.empty() ? "" : " ") + name;
    looks_to_come_ = 2;  // when it ends, and then at what is due
    changed_.notify_all();
    return result_;
  }
  SteadyTime Look() {
    const std::lock_guard lock(mutex_);
    if (looks_to_come_ > 0) --looks_to_come_;
    changed_.notify_all();
    return SteadyTime(now_);
  }
  uint64_t Count(const std::string& job, const std::string& result) {
    return registry_
        .GetCounter("rollcall_job_runs_total", "Runs of background jobs that ended.",
                    {{"job", job}, {"result", result}})
        .value();
  }

  metrics::Registry registry_;
  test::ManualClock clock_{UnixSeconds(seconds(1'000'000))};
  std::mutex mutex_;  // guards what follows, but not the table
  std::condition_variable changed_;
  milliseconds now_{0};
  std::string runs_;
  Status result_;
  int looks_to_come_ = 0;  // of the table at the time, until it has nothing to do
  JobTable table_{registry_, clock_, [this] { return Look(); }};
};

TEST_F(JobTableTest, RunsEveryJobAtTheStartInOrder) {
  Add("a", seconds(60));
  Add("b", seconds(30));
  Add("c", seconds(60));
  table_.Start();
  EXPECT_EQ(RunsOnce("a b c"), "a b c");
}

TEST_F(JobTableTest, RunsAJobAgainWhenItsPeriodHasPassedAndNotBefore) {
  Add("a", seconds(60));
  Add("b", seconds(20));
  table_.Start();
  EXPECT_EQ(RunsOnce("a b"), "a b");
  Advance(milliseconds(19'999));
  EXPECT_EQ(RunsOnce("a b"), "a b");
  Advance(milliseconds(1));
  EXPECT_EQ(RunsOnce("a b b"), "a b b");
  Advance(seconds(40));
  EXPECT_EQ(RunsOnce("a b b b a"), "a b b b a");
}

TEST_F(JobTableTest, RetriesAFailedJobSoonerThanItsPeriod) {
  FailFromNowOn();
  Add("a", seconds(60));
  table_.Start();
  for (const int wait : {10, 20, 40, 60, 60}) {
    const std::string before = RunsOnce("a");
    Advance(milliseconds(wait * 1000 - 1));
    EXPECT_EQ(RunsOnce(before), before) << wait;
    Advance(milliseconds(1));
    EXPECT_EQ(RunsOnce(before + " a"), before + " a") << wait;
  }
  SucceedFromNowOn();
  Advance(seconds(60));
  EXPECT_EQ(RunsOnce("a a a a a a a"), "a a a a a a a");
  EXPECT_EQ(Count("a", "error"), 6U);
  EXPECT_EQ(Count("a", "ok"), 1U);
}

TEST_F(JobTableTest, CountsRunsAndSaysWhenAJobLastSucceeded) {
  Add("a", seconds(60));
  table_.Start();
  RunsOnce("a");
  table_.Stop();
  const std::string text = registry_.WriteText();
  EXPECT_NE(text.find("rollcall_job_runs_total{job=\"a\",result=\"ok\"} 1\n"), std::string::npos)
      << text;
  EXPECT_NE(text.find("rollcall_job_runs_total{job=\"a\",result=\"error\"} 0\n"),
            std::string::npos);
  EXPECT_NE(text.find("rollcall_job_last_success_timestamp_seconds{job=\"a\"} 1000000\n"),
            std::string::npos)
      << text;
}

TEST_F(JobTableTest, TakesAnExceptionAsAFailure) {
  ASSERT_TRUE(table_
                  .Add({"a", seconds(60),
                        [](std::stop_token) -> Status { throw std::runtime_error("boom"); }})
                  .ok());
  ASSERT_TRUE(table_.Add({"b", seconds(60), [](std::stop_token) -> Status { throw 7; }}).ok());
  Add("c", seconds(60));
  table_.Start();
  EXPECT_EQ(RunsOnce("c"), "c");
  EXPECT_EQ(Count("a", "error"), 1U);
  EXPECT_EQ(Count("b", "error"), 1U);
}

TEST_F(JobTableTest, StopsARunningJobAndStartsNoOther) {
  std::atomic<bool> running{false};
  ASSERT_TRUE(table_
                  .Add({"long", seconds(60),
                        [&](std::stop_token stop) {
                          std::unique_lock lock(mutex_);
                          running = true;
                          changed_.notify_all();
                          std::condition_variable_any stopped;
                          stopped.wait(lock, stop, [] { return false; });
                          return Status::Unavailable("stopped");
                        }})
                  .ok());
  Add("after", seconds(60));
  table_.Start();
  {
    std::unique_lock lock(mutex_);
    ASSERT_TRUE(changed_.wait_for(lock, seconds(20), [&] { return running.load(); }));
  }
  table_.Stop();
  table_.Stop();
  EXPECT_EQ(runs_, "");
  EXPECT_EQ(Count("long", "error"), 0U);
}

TEST_F(JobTableTest, StopsWhileItWaits) {
  Add("a", std::chrono::hours(24));
  table_.Start();
  RunsOnce("a");
  table_.Stop();
  EXPECT_EQ(runs_, "a");
}

TEST_F(JobTableTest, StopsWithoutEverHavingStarted) {
  Add("a", seconds(1));
  table_.Stop();
  EXPECT_EQ(runs_, "");
}

TEST_F(JobTableTest, RefusesJobsThatCannotBe) {
  const auto nothing = [](std::stop_token) { return Status::Ok(); };
  EXPECT_EQ(table_.Add({"", seconds(1), nothing}).message(), "add job \"\": it has no name");
  EXPECT_EQ(table_.Add({"a", seconds(0), nothing}).message(),
            "add job \"a\": its period is not over 0");
  EXPECT_EQ(table_.Add({"a", seconds(1), nullptr}).message(),
            "add job \"a\": it has nothing to run");
  EXPECT_TRUE(table_.Add({"a", seconds(1), nothing}).ok());
  EXPECT_EQ(table_.Add({"a", seconds(1), nothing}).message(), "add job \"a\": the name is taken");
  table_.Start();
  EXPECT_EQ(table_.Add({"b", seconds(1), nothing}).message(),
            "add job \"b\": the table has been started");
}

TEST_F(JobTableTest, LogsAnOutageOnceAndItsEndOnce) {
  std::ostringstream text;
  const auto before = spdlog::default_logger();
  const auto logger = std::make_shared<spdlog::logger>(
      "test", std::make_shared<spdlog::sinks::ostream_sink_mt>(text));
  logger->set_pattern("%l %v");
  spdlog::set_default_logger(logger);
  FailFromNowOn();
  Add("a", seconds(60));
  table_.Start();
  std::string runs = RunsOnce("a");
  for (int i = 0; i < 7; ++i) {
    if (i == 5) SucceedFromNowOn();
    Advance(seconds(60));
    runs += " a";
    EXPECT_EQ(RunsOnce(runs), runs);
  }
  table_.Stop();
  spdlog::set_default_logger(before);
  EXPECT_EQ(text.str(),
            "warning job a: no luck; next try in 10 s\n"
            "info job a: works again after 6 failed runs\n");
}

}  // namespace
}  // namespace rollcall::jobs
