// The sources that came, came back and left between a window and the equally long one before it.
//
// A source is in a window when it reported the fleet's counted metric in it.
//   new       in this window, and in no month before it;
//   returned  in this window, not in the window before, but earlier;
//   gone      in the window before, not in this one.
// So a window's sources are those of the window before, less gone, plus new, plus returned.
#pragma once

#include <array>
#include <cstdint>

#include "counts/period_tallies.h"
#include "model/window.h"

namespace rollcall::counts {

struct SourceMoves {
  int64_t new_sources = 0;
  int64_t returned = 0;
  int64_t gone = 0;

  bool operator==(const SourceMoves&) const = default;
};

// Returns the moves of the three windows that end with a month, by Span. "Earlier" reaches back to
// the first month that the store has data for. Fails as PeriodTallies::Get does. Thread-safe.
Result<std::array<SourceMoves, 3>> ReadSourceMoves(PeriodTallies& tallies, const Fleet& fleet,
                                                   Month last);

// Returns the same for a period of 30 days; `now` are its sources.
Result<SourceMoves> ReadSourceMoves(PeriodTallies& tallies, const Fleet& fleet, Period days,
                                    const SourceSet& now);

}  // namespace rollcall::counts
