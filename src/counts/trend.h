// A trend: a metric step by step, day by day or month by month, as a whole and by the values of a
// label. A breakdown is the same with one step.
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
  std::string by{};                          // a label; empty: the metric as a whole only
  Period::Kind kind = Period::Kind::kMonth;  // of a step
  uint32_t first = 0;  // first step: the number of its day or last month; inclusive
  uint32_t last = 0;   // last step, likewise; inclusive
  size_t top = 10;     // how many values to list; the others are counted together
  // Where set, only this value is listed, and there are no others.
  std::optional<std::string> only{};
  std::stop_token stop{};
  // How long the caller may wait for closed steps that are not counted yet; those left over are
  // `pending`, and counted by a background job.
  std::chrono::milliseconds patience{500};
};

struct TrendStep {
  Period period;
  // Where false, all numbers are 0: before the first report, no longer stored, or not counted yet.
  bool known = false;
  bool final = false;
  Totals tally;
  bool has_sizes = false;  // the values' sizes are known
};

// A label value, step by step. A source counts once in each value that its latest report has.
struct TrendValue {
  std::string value;
  std::vector<ValueTally> steps;  // without their `value`
  std::vector<ExactSum> sizes;    // the sizes of its sources, by step; see SizesOf
};

struct Trend {
  UnixSeconds generated_at{};  // of the step computed last; the epoch where none is known
  std::vector<TrendStep> steps;
  // Sorted by the most sources in any one step, then by the largest sum in any one step.
  std::vector<TrendValue> values;
  // The other values together; a source counts once for each of them. nullopt where there are none.
  std::optional<TrendValue> other;
  int64_t other_values = 0;  // how many; the most of any step where tallies cut some off
  // How many steps are not counted yet, because it would have taken too long to wait for them.
  int64_t pending = 0;
  // The labels that the metric has. Only where no step has the one asked for.
  std::vector<std::string> known_labels;
};

// Returns the figure that the sizes of a value's sources are measured in. Sizes are known only for
// labels of the fleet's counted metric; nullptr where they are not known.
const Figure* SizesOf(const TrendRequest& request);

// Reads a trend. nullopt: the fleet has no such metric, and no report ever had it. Unavailable: as
// of PeriodTallies::Get, or a stop was requested. Thread-safe.
Result<std::optional<Trend>> ReadTrend(storage::Stores& stores, PeriodTallies& tallies,
                                       const TrendRequest& request);

}  // namespace rollcall::counts
