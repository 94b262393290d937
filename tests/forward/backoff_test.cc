#include "forward/backoff.h"

#include <gtest/gtest.h>

namespace rollcall::forward {
namespace {

using std::chrono::milliseconds;

TEST(Backoff, DoublesFromASecondToAMinuteAndStaysThere) {
  const auto longest = [](uint32_t failures) {
    return BackoffDelay(failures, 0.9999999).count() + 1;
  };
  EXPECT_EQ(longest(1), 1'000);
  EXPECT_EQ(longest(2), 2'000);
  EXPECT_EQ(longest(6), 32'000);
  EXPECT_EQ(longest(7), 60'000);
  EXPECT_EQ(longest(1'000), 60'000);
  EXPECT_EQ(longest(UINT32_MAX), 60'000);
}

TEST(Backoff, TheWholeRangeIsDrawnFrom) {
  EXPECT_EQ(BackoffDelay(7, 0), milliseconds(0));
  EXPECT_EQ(BackoffDelay(7, 0.5), milliseconds(30'000));
}

}  // namespace
}  // namespace rollcall::forward
