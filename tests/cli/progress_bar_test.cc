#include "cli/progress_bar.h"

#include <gtest/gtest.h>

#include <optional>
#include <string>

namespace rollcall::cli {
namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;

class ProgressBarTest : public testing::Test {
 protected:
  void Begin(uint64_t total, bool terminal) {
    ProgressBar::Options options;
    options.what = "demo";
    options.unit = "reports";
    options.total = total;
    options.terminal = terminal;
    options.now = [this] { return now_; };
    options.write = [this](std::string_view text) { written_ += text; };
    bar_.emplace(std::move(options));
  }
  std::string After(milliseconds time, uint64_t done) {
    now_ += time;
    written_.clear();
    bar_->Update(done);
    return written_;
  }
  std::string Finished(milliseconds time = milliseconds(0)) {
    now_ += time;
    written_.clear();
    bar_->Finish();
    return written_;
  }

  std::chrono::steady_clock::time_point now_{seconds(1'000)};
  std::string written_;
  std::optional<ProgressBar> bar_;
};

TEST_F(ProgressBarTest, DrawsTheSameLineAgainOnATerminal) {
  Begin(1'000, true);
  EXPECT_EQ(After(seconds(1), 100), "\rdemo: 10% 100/1000 reports, 100/s, 9 s left\x1b[K");
  EXPECT_EQ(After(seconds(1), 400), "\rdemo: 40% 400/1000 reports, 200/s, 3 s left\x1b[K");
  EXPECT_EQ(After(seconds(2), 1'000), "\rdemo: 100% 1000/1000 reports, 250/s\x1b[K");
  EXPECT_EQ(Finished(), "\rdemo: 100% 1000/1000 reports, 250/s, 4 s\x1b[K\n");
}

TEST_F(ProgressBarTest, DrawsAtMostTenTimesASecond) {
  Begin(100'000, true);
  int drawn = 0;
  for (uint64_t i = 1; i <= 5'000; ++i) drawn += After(milliseconds(1), i).empty() ? 0 : 1;
  EXPECT_EQ(drawn, 50);
}

TEST_F(ProgressBarTest, WritesAPlainLineEveryFiveSecondsElsewhere) {
  Begin(1'000, false);
  EXPECT_EQ(After(milliseconds(4'999), 100), "");
  EXPECT_EQ(After(milliseconds(1), 100), "demo: 10% 100/1000 reports, 20/s, 45 s left\n");
  EXPECT_EQ(After(milliseconds(4'999), 200), "");
  EXPECT_EQ(After(milliseconds(1), 200), "demo: 20% 200/1000 reports, 20/s, 40 s left\n");
}

TEST_F(ProgressBarTest, AlwaysWritesTheLastLineAndOnlyOnce) {
  Begin(10, false);
  EXPECT_EQ(After(milliseconds(1), 10), "");
  EXPECT_EQ(Finished(milliseconds(999)), "demo: 100% 10/10 reports, 10/s, 1 s\n");
  EXPECT_EQ(Finished(), "");
  EXPECT_EQ(After(seconds(60), 10), "");
}

TEST_F(ProgressBarTest, WritesTheLastLineWhenItGoesAway) {
  Begin(10, false);
  EXPECT_EQ(After(seconds(2), 4), "");
  bar_.reset();
  EXPECT_EQ(written_, "demo: 40% 4/10 reports, 2/s, 2 s\n");
}

TEST_F(ProgressBarTest, NeverSays100PercentTooSoon) {
  Begin(1'000'000, true);
  EXPECT_EQ(After(seconds(1), 999'999),
            "\rdemo: 99% 999999/1000000 reports, 999999/s, 0 s left\x1b[K");
}

TEST_F(ProgressBarTest, SaysLongTimesInMinutesAndHours) {
  Begin(1'000'000, true);
  EXPECT_EQ(After(seconds(1), 5'000),
            "\rdemo: 0% 5000/1000000 reports, 5000/s, 3 min 19 s left\x1b[K");
  EXPECT_EQ(After(seconds(99), 10'000),
            "\rdemo: 1% 10000/1000000 reports, 100/s, 2 h 45 min left\x1b[K");
}

TEST_F(ProgressBarTest, GetsByWithoutATotalOrAnyTimeOrProgress) {
  Begin(0, false);
  EXPECT_EQ(Finished(), "demo: 100% 0/0 reports, 0 s\n");
  Begin(10, true);
  EXPECT_EQ(After(seconds(1), 0), "\rdemo: 0% 0/10 reports\x1b[K");
  Begin(UINT64_MAX, true);
  EXPECT_EQ(After(seconds(1), 1),
            "\rdemo: 0% 1/18446744073709551615 reports, 1/s, 277777777777777 h 46 min left\x1b[K");
}

}  // namespace
}  // namespace rollcall::cli
