// The numbers that a made-up fleet reports: most sources are small, some are much larger, and they
// grow. Plain values.
#pragma once

#include <cstdint>
#include <string>

#include "demo/source.h"

namespace rollcall::demo {

struct DemoAmount {
  double usual = 4;  // of a source of middling size, finite and not negative; 0: few have any
  bool has_long_tail = true;  // false: the same whatever the size of the source

  // Returns the number that a source says; `what` tells its numbers apart. Never negative; whole
  // where `usual` is, else with two decimals.
  double At(const DemoMoment& at, uint64_t what) const;
};

// Returns whether a source has something that is there or not; `share` in a hundred have it at
// last, a third of them from later on.
bool DemoSwitchIsOn(const DemoMoment& at, uint64_t what, uint32_t share);

// Appends what At returned, in decimal digits.
void AppendDemoAmount(double amount, std::string& out);

}  // namespace rollcall::demo
