#include "base/background.h"

#include <gtest/gtest.h>
#include <sys/resource.h>
#include <unistd.h>

#include <algorithm>
#include <chrono>
#include <cstdlib>
#include <thread>

namespace rollcall {
namespace {

struct Seen {
  bool in_background = false;
  int niceness = 0;
  long rests = 0;  // how often the thread gave up the processor by itself
};

Seen WorkFor(std::chrono::milliseconds time, bool in_background) {
  Seen seen;
  std::thread([&] {
    if (in_background) EnterBackground();
    rusage before{};
    getrusage(RUSAGE_THREAD, &before);
    const auto end = std::chrono::steady_clock::now() + time;
    while (std::chrono::steady_clock::now() < end) MakeWay();
    rusage after{};
    getrusage(RUSAGE_THREAD, &after);
    seen = {IsInBackground(), getpriority(PRIO_PROCESS, static_cast<id_t>(gettid())),
            after.ru_nvcsw - before.ru_nvcsw};
  }).join();
  return seen;
}

TEST(BackgroundTest, AThreadInTheBackgroundIsNicerAndRests) {
  const int ours = getpriority(PRIO_PROCESS, 0);
  const Seen seen = WorkFor(std::chrono::milliseconds(20), true);
  EXPECT_TRUE(seen.in_background);
  EXPECT_GT(seen.niceness, ours);
  EXPECT_GT(seen.rests, 0);
}

// As from `nice rollcall serve`, or a unit's Nice=: a fixed niceness would be no step back there.
TEST(BackgroundTest, InAProcessThatIsNiceItselfAThreadInTheBackgroundIsNicerStill) {
  EXPECT_EXIT(
      {
        const int ours = getpriority(PRIO_PROCESS, 0) + 7;
        setpriority(PRIO_PROCESS, 0, ours);
        const Seen seen = WorkFor(std::chrono::milliseconds(1), true);
        std::exit(seen.niceness > std::min(ours, 18) ? 0 : 1);
      },
      ::testing::ExitedWithCode(0), "");
}

TEST(BackgroundTest, OtherThreadsKeepTheirPriorityAndDoNotRest) {
  const int ours = getpriority(PRIO_PROCESS, 0);
  WorkFor(std::chrono::milliseconds(1), true);
  const Seen seen = WorkFor(std::chrono::milliseconds(20), false);
  EXPECT_FALSE(seen.in_background);
  EXPECT_EQ(seen.niceness, ours);
  EXPECT_EQ(seen.rests, 0);
}

}  // namespace
}  // namespace rollcall
