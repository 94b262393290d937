// A snapshot: the numbers of one window of a fleet that another server computed, and when it did. A
// plain value.
#pragma once

#include <vector>

#include "base/clock.h"
#include "model/overview.h"

namespace rollcall {

struct MonthSnapshot {
  Month month;  // the window's last, or only, one
  UnixSeconds collected_at{};
  PeriodCounts counts;                      // without averages
  std::vector<BreakdownTotals> breakdowns;  // as in Fleet::breakdowns; empty for longer windows
  std::vector<BreakdownRest> rests;         // as breakdowns; none where it comes from a file
};

}  // namespace rollcall
