// The numbers of an overview's period beside those of the period before, by name. Pure functions.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "counts/comparison.h"
#include "model/fleet.h"

namespace rollcall::api {

// A whole number, or one in tenths.
struct FigureNumber {
  int64_t units = 0;
  bool in_tenths = false;
};

struct ComparedFigure {
  std::string name;
  FigureNumber value;
  std::optional<FigureNumber> before;
  bool is_comparable = true;  // else there is no change and no percentage

  // value - before, cut to the ends of the range; nullopt where the two say nothing of each other.
  std::optional<FigureNumber> Change() const;
  // Of before, in tenths of a percent; nullopt where that is 0 too, or the change is beyond all
  // bounds.
  std::optional<FigureNumber> Percent() const;
};

// The sources first, then for each figure its total, its average and, where it has one, its honest
// peak.
std::vector<ComparedFigure> CompareFigures(const Fleet& fleet,
                                           const counts::ComparedPeriod& period);

}  // namespace rollcall::api
