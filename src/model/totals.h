// Totals: per window and label set, how many sources had it and the sum of their peaks; per metric
// the same, and the sum of the peaks of its sum within one report.
#pragma once

#include <array>
#include <cstdint>
#include <functional>
#include <span>
#include <unordered_map>

#include "base/civil_time.h"
#include "model/exact_sum.h"
#include "model/ids.h"
#include "model/peaks.h"
#include "model/window.h"

namespace rollcall {

// Of a label set or a metric in one period.
struct Totals {
  int64_t sources = 0;  // that had it
  ExactSum sum;         // of the series' peaks
  ExactSum report_sum;  // of per-report sums' peaks; metric rows only, else 0

  Totals& operator+=(const Totals& other) {
    sources += other.sources;
    sum += other.sum;
    report_sum += other.report_sum;
    return *this;
  }
  bool operator==(const Totals&) const = default;
};

// The three windows that end with one month, by Span.
struct TotalsRow {
  std::array<Totals, 3> spans;

  Totals& operator[](Span span) { return spans[static_cast<size_t>(span)]; }
  const Totals& operator[](Span span) const { return spans[static_cast<size_t>(span)]; }
  TotalsRow& operator+=(const TotalsRow& other) {
    for (const Span span : kSpans) (*this)[span] += other[span];
    return *this;
  }
  bool operator==(const TotalsRow&) const = default;
};

// Which row: of a metric as a whole (label_set 0), or of one of its label sets.
struct TotalsKey {
  Month last;
  FleetRef fleet;
  MetricRef metric;
  LabelSetRef label_set;

  auto operator<=>(const TotalsKey&) const = default;
};

struct TotalsKeyHasher {
  size_t operator()(const TotalsKey& key) const {
    const uint64_t high =
        (uint64_t{key.last.number} << 32) ^ (uint64_t{key.fleet.value} << 16) ^ key.metric.value;
    uint64_t mixed = (high * 0x9E3779B97F4A7C15ULL) ^ (key.label_set.value + 0x7F4A7C15ULL);
    mixed ^= mixed >> 29;
    return mixed * 0xBF58476D1CE4E5B9ULL;
  }
};

using TotalsMap = std::unordered_map<TotalsKey, TotalsRow, TotalsKeyHasher>;

// Adds to `totals` what the windows that end with `last` gain as a source's row of that month goes
// from `old_row` to `new_row`. `quarter_before` and `year_before` are the source's merged rows of
// the 2 and the 11 months before. Requires every series of `old_row` in `new_row`, as AddReport
// gives it.
void AddPeaksChange(Month last, FleetRef fleet, const PeaksRow& old_row, const PeaksRow& new_row,
                    const PeaksRow& quarter_before, const PeaksRow& year_before, TotalsMap& totals);

}  // namespace rollcall
