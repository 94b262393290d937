// A random history of a made-up fleet: reports, months that are skipped, restarts and imports into
// what is closed. Owned by the test; its thread.
#pragma once

#include <chrono>
#include <functional>
#include <iterator>

#include "tests/counts/random_fleet.h"
#include "tests/counts/tallied.h"

namespace rollcall::test {

class RandomLife {
 public:
  // `least_step_hours`: how long a step of the shortest histories may be.
  RandomLife(unsigned seed, UnixSeconds start, int least_step_hours)
      : rollcall_(seed % 3 == 0 ? 2'000 : 64 * 1024 * 1024), fleet_(seed), now_(start) {
    // Some histories dwell within days, others skip months.
    const int step_hours[] = {least_step_hours, 9, 40, 200, 900};
    step_hours_ = step_hours[seed % std::size(step_hours)];
  }

  Tallied& rollcall() { return rollcall_; }
  RandomFleet& fleet() { return fleet_; }
  UnixSeconds now() const { return now_; }

  // Goes on to the next report. Calls `look` now and then, and `look_at(time)` after an import of
  // that time.
  void Step(const std::function<void()>& look, const std::function<void(UnixSeconds)>& look_at) {
    // No source has two reports in one second: an import would take them for one.
    now_ += std::chrono::seconds(1 + fleet_.Below(static_cast<size_t>(step_hours_) * 3600));
    if (fleet_.Below(25) == 0) now_ = Month::Of(now_).Plus(1).Start() - std::chrono::seconds(1);
    const auto [id, series] =
        fleet_.has_last() && fleet_.Below(3) == 0 ? fleet_.Again() : fleet_.Next();
    rollcall_.Report(now_, id, series);
    if (fleet_.Below(40) == 0) rollcall_.Restart();
    if (fleet_.Below(8) == 0) look();
    if (fleet_.Below(10) != 0) return;
    // Into a month or a day that is closed and, as like as not, stored.
    const UnixSeconds back = now_ - std::chrono::seconds(1 + fleet_.Below(90 * 86'400));
    const auto [from, imported] = fleet_.Next();
    rollcall_.Import(back, from + "-imported", imported);
    look_at(back);
  }

 private:
  Tallied rollcall_;
  RandomFleet fleet_;
  UnixSeconds now_;
  int step_hours_ = 0;
};

}  // namespace rollcall::test
