// The numbers of one window of a fleet, and when they were collected: what is kept of a window
// whose numbers came from elsewhere. A plain value.
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
