// A tally: how many sources have each value of a metric's label in a period. Plain values.
//
// A source's latest report of the metric in the period says which values it has, and the source
// counts once for each; where a report has one value (a version), the source counts once in all.
// The sums are over the peaks of all series of the period, including those a source no longer has.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "model/totals.h"

namespace rollcall {

struct ValueTally {
  std::string value;
  int64_t sources = 0;  // that had it in their latest report
  int64_t nonzero = 0;  // of these, those with such a series above 0 in the period
  ExactSum sum;         // of the peaks of series with this value

  bool operator==(const ValueTally&) const = default;
};

// The tally of one label; series without it are in none of its values.
struct LabelTally {
  // Most sources first, then the larger sum, then the smaller text.
  std::vector<ValueTally> values;
  // The values that were too many or too long to be kept, as one with an empty text. A source
  // counts once for each.
  ValueTally rest;
  int64_t rest_values = 0;  // how many

  bool operator==(const LabelTally&) const = default;
};

// The order of LabelTally::values.
inline bool RanksBefore(const ValueTally& a, const ValueTally& b) {
  if (a.sources != b.sources) return a.sources > b.sources;
  if (a.sum != b.sum) return a.sum.units() > b.sum.units();
  return a.value < b.value;
}

// Adds another value's numbers; the text stays.
inline void Add(const ValueTally& from, ValueTally& to) {
  to.sources += from.sources;
  to.nonzero += from.nonzero;
  to.sum += from.sum;
}

}  // namespace rollcall
