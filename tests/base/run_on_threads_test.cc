#include "base/run_on_threads.h"

#include <gmock/gmock.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <atomic>
#include <chrono>
#include <set>
#include <thread>
#include <vector>

#include "base/background.h"

namespace rollcall {
namespace {

using ::testing::Each;

TEST(RunOnThreadsTest, EachNumberIsCalledOnceOnAThreadOfItsOwnAndTheFirstOnTheCallers) {
  for (const size_t count : {0, 1, 2, 7}) {
    std::vector<int> calls(count);
    std::vector<std::thread::id> threads(count);
    RunOnThreads(count, [&](size_t i) {
      ++calls[i];
      threads[i] = std::this_thread::get_id();
    });
    EXPECT_THAT(calls, Each(1));
    EXPECT_EQ(std::set(threads.begin(), threads.end()).size(), count);
    for (size_t i = 0; i < count; ++i) {
      EXPECT_EQ(threads[i] == std::this_thread::get_id(), i == 0) << i;
    }
  }
}

TEST(RunOnThreadsTest, AllRunAtOnce) {
  const auto end = std::chrono::steady_clock::now() + std::chrono::minutes(1);
  std::atomic<int> running{0};
  RunOnThreads(4, [&](size_t) {
    ++running;
    while (running < 4 && std::chrono::steady_clock::now() < end) std::this_thread::yield();
  });
  EXPECT_EQ(running, 4);
}

TEST(RunOnThreadsTest, WhatIsBegunInTheBackgroundStaysThere) {
  std::array<bool, 3> in_background{};
  const auto run = [&] { RunOnThreads(3, [&](size_t i) { in_background[i] = IsInBackground(); }); };
  run();
  EXPECT_THAT(in_background, Each(false));
  std::thread([&] {
    EnterBackground();
    run();
  }).join();
  EXPECT_THAT(in_background, Each(true));
}

// In a process of its own, which may have no more threads.
TEST(RunOnThreadsTest, WithoutMoreThreadsTheCallerDoesTheWorkOfAll) {
  const pid_t child = fork();
  ASSERT_GE(child, 0);
  if (child == 0) {
    const rlimit none{0, 0};
    constexpr uid_t kNobody = 65'534;
    if (setrlimit(RLIMIT_NPROC, &none) != 0 || (geteuid() == 0 && setuid(kNobody) != 0)) _exit(2);
    int calls = 0;
    const auto caller = std::this_thread::get_id();
    RunOnThreads(3, [&](size_t) { calls += std::this_thread::get_id() == caller ? 1 : 10; });
    _exit(calls == 3 ? 0 : 1);
  }
  int status = 0;
  ASSERT_EQ(waitpid(child, &status, 0), child);
  ASSERT_TRUE(WIFEXITED(status));
  if (WEXITSTATUS(status) == 2) GTEST_SKIP() << "this system lets the test take no threads away";
  EXPECT_EQ(WEXITSTATUS(status), 0);
}

}  // namespace
}  // namespace rollcall
