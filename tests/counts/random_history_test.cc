// Random histories through the real ingest path, compared with the oracle after random steps.
#include <gtest/gtest.h>

#include "tests/counts/random_fleet.h"
#include "tests/support/rollcall_harness.h"
#include "tests/support/rounds.h"

namespace rollcall::test {
namespace {

struct Tally {
  int histories = 0;
  int windows = 0;
};

// Steps of up to this long: some histories dwell within days, others skip months.
constexpr int kStepHours[] = {1, 9, 40, 200, 900};

void LiveThrough(unsigned seed, UnixSeconds start, Tally& tally) {
  SCOPED_TRACE("seed " + std::to_string(seed));
  // Every third history lives with a source cache that holds next to nothing.
  Harness rollcall(seed % 3 == 0 ? 2'000 : 64 * 1024 * 1024);
  Oracle oracle;
  RandomFleet fleet(seed);
  UnixSeconds now = start;
  const int step_hours = kStepHours[seed % std::size(kStepHours)];
  const int steps = 120;
  for (int step = 0; step < steps; ++step) {
    now += std::chrono::seconds(fleet.Below(static_cast<size_t>(step_hours) * 3600));
    // Now and then right on, and right before, a month's boundary.
    const Month next = Month::Of(now).Plus(1);
    if (fleet.Below(25) == 0) now = next.Start() - std::chrono::seconds(1);
    if (fleet.Below(25) == 0) now = next.Start();
    rollcall.SetTime(now);
    const auto [id, series] =
        fleet.has_last() && fleet.Below(3) == 0 ? fleet.Again() : fleet.Next();
    const Status status = rollcall.Report(id, BodyOf(series));
    ASSERT_TRUE(status.ok()) << status.message();
    oracle.Add({now, id, series});
    if (fleet.Below(40) == 0) rollcall.Restart();
    if (fleet.Below(12) == 0) {
      const Month asked = Month::Of(now).Plus(static_cast<int>(fleet.Below(6)) - 4);
      ASSERT_EQ(rollcall.OverviewAt(asked), oracle.Overview(asked)) << asked.ToString();
      tally.windows += 3;
    }
  }
  for (Month month = Month::Of(start).Plus(-1); month <= Month::Of(now).Plus(2);
       month = month.Plus(1)) {
    ASSERT_EQ(rollcall.OverviewAt(month), oracle.Overview(month)) << month.ToString();
    tally.windows += 3;
  }
  ASSERT_EQ(rollcall.Verify(), "");
  ++tally.histories;
}

TEST(RandomHistory, EveryOverviewEqualsTheOracles) {
  Tally tally;
  const auto histories = static_cast<unsigned>(Rounds(60));
  for (unsigned seed = 1; seed <= histories; ++seed) {
    // Over a year's end, over a leap February, over an ordinary one.
    const char* const starts[] = {"2025-10-20", "2024-01-30", "2026-02-25"};
    LiveThrough(seed, At(starts[seed % 3]), tally);
    if (HasFatalFailure()) return;
  }
  std::printf("%d random histories, %d windows compared with the oracle, 0 differences\n",
              tally.histories, tally.windows);
  EXPECT_EQ(tally.histories, Rounds(60));
}

}  // namespace
}  // namespace rollcall::test
