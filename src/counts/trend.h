// A metric from step to step, day by day or month by month, as a whole and by the value of a label.
// And the same of one period: a breakdown.
#pragma once

#include <chrono>
#include <optional>
#include <stop_token>
#include <string>
#include <vector>

#include "counts/period_tallies.h"

namespace rollcall::counts {

struct TrendRequest {
  const Fleet& fleet;
  std::string metric{};
  std::string by{};                          // a label; empty: no values
  Period::Kind kind = Period::Kind::kMonth;  // of a step
  uint32_t first = 0;  // the last month, or the day, of the first step; inclusive
  uint32_t last = 0;   // inclusive
  size_t top = 10;     // values to name; the others are one
  // Set: nothing but this value is of interest, and there are no others.
  std::optional<std::string> only{};
  std::stop_token stop{};
  // For so long closed steps are counted that were not yet; a background job sees to the rest.
  std::chrono::milliseconds patience{500};
};

struct TrendStep {
  Period period;
  // Else the rest is zeros: before the first report, no longer stored, or not counted yet.
  bool known = false;
  bool final = false;
  Totals tally;
  bool has_sizes = false;  // the values' sizes are known
};

// One value, step by step. A source counts once in each value of its latest report.
struct TrendValue {
  std::string value;
  std::vector<ValueTally> steps;  // without their texts
  std::vector<ExactSum> sizes;    // of its sources, by step; see SizesOf
};

struct Trend {
  UnixSeconds generated_at{};  // of the step that was computed last; the epoch where none is known
  std::vector<TrendStep> steps;
  // Those with the most sources in a step of theirs come first, then those with the larger sum.
  std::vector<TrendValue> values;
  // The other values together; a source counts once for each of them. nullopt: there are none.
  std::optional<TrendValue> other;
  int64_t other_values = 0;  // how many; the most of any step where some were too many to be kept
  // How many steps are not counted yet: it would take too long to wait for them.
  int64_t pending = 0;
  // Where no step has the label: which labels the metric has.
  std::vector<std::string> known_labels;
};

// What the sizes of a value's sources are counted in, where they are known: by a label of the
// fleet's counted metric. nullptr: they are not.
const Figure* SizesOf(const TrendRequest& request);

// nullopt: the fleet has no such metric, and no report ever had it. Unavailable: as
// PeriodTallies::Get, or a stop was requested.
// Thread-safe.
Result<std::optional<Trend>> ReadTrend(storage::Stores& stores, PeriodTallies& tallies,
                                       const TrendRequest& request);

}  // namespace rollcall::counts
