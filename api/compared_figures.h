// The numbers of an overview's period beside those of the period before, by name. Plain values and
// pure functions; any thread.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "counts/comparison.h"
#include "model/fleet.h"

namespace rollcall::api {

// A number that is whole or has one decimal: then `units` are tenths.
struct FigureNumber {
  int64_t units = 0;
  bool in_tenths = false;
};

struct ComparedFigure {
  std::string name;
  FigureNumber value;
  std::optional<FigureNumber> before;
  bool is_comparable = true;  // false: neither Change nor Percent has a value

  // Returns value - before, clamped to 64 bits; nullopt where the two are not comparable or there
  // is no number before.
  std::optional<FigureNumber> Change() const;
  // Returns the change as a percentage of `before`, in tenths of a percent, rounded half away from
  // zero; nullopt also where `before` is 0 or the result does not fit.
  std::optional<FigureNumber> Percent() const;
};

// Returns the sources, then for each figure its total, its average and, where the fleet names one,
// its peak of the sum within one report (FigureCount::report_total).
std::vector<ComparedFigure> CompareFigures(const Fleet& fleet,
                                           const counts::ComparedPeriod& period);

}  // namespace rollcall::api
