// What a period's reports say of one metric, and of one of its labels.
//
// A source's latest report of a metric in the period says which values of a label the source has:
// it counts once for each of them, so where a report has one value (a version) once in all. The
// sums are of peaks, of all series of the period: those that a source no longer has too.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "model/totals.h"

namespace rollcall {

struct ValueTally {
  std::string value;
  int64_t sources = 0;  // that had it in their latest report
  int64_t nonzero = 0;  // of these, those of which such a series was over 0 in the period
  ExactSum sum;         // of the peaks of series with this value

  bool operator==(const ValueTally&) const = default;
};

// Of a label; series without it are in no value.
struct LabelTally {
  // Most sources first, then the larger sum, then the smaller text.
  std::vector<ValueTally> values;
  // Those that were too many or too long to be kept, in one; its text is empty. A source counts
  // once for each value.
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
