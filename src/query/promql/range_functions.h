// The functions of range vectors: from the samples of one series in each window to a value for each
// instant. Pure functions.
#pragma once

#include <span>
#include <vector>

#include "base/status.h"
#include "query/promql/functions.h"
#include "query/promql/grid.h"
#include "query/promql/notes.h"
#include "query/promql/pace.h"
#include "query/promql/windows.h"

namespace rollcall::promql {

// One series' work. Only the instants from `begin` to `end` - 1 may have samples.
struct RangeWork {
  const Windows& windows;
  size_t begin = 0;
  size_t end = 0;
  std::span<const int64_t> instants;                // of the evaluation, without offset and @
  std::span<const std::vector<double>> parameters;  // the scalar arguments, each with all instants
  Place place;                                      // of the first scalar argument
  std::span<double> out;                            // absent at all instants
  std::span<uint64_t> samples;                      // how many were looked at: added to
  Pace& pace;
  Notes& notes;
};

// Sets `out` where the function has a value. InvalidArgument: a parameter that it does not take.
// Others: as Budget::Check.
using RangeFunction = Status (*)(const RangeWork&);

// Returns nullptr where the function is none of range vectors, or absent_over_time, which is one of
// all series together.
RangeFunction RangeFunctionOf(FunctionId id);

// Returns whether the function depends only on which values are in a window, and on which is the
// last one: neither on how many there are, nor on their times.
bool IsOfValues(FunctionId id);

// Those of each file; nullptr as above.
RangeFunction RangeAggregateOf(FunctionId id);
RangeFunction RangeDifferenceOf(FunctionId id);
RangeFunction RangeFitOf(FunctionId id);

// Calls value(walker, i) for each instant whose window has a sample, and has what it returns, which
// may be absent, as the value at i.
template <typename Value>
Status ForEachWindow(const RangeWork& work, const Value& value) {
  WindowWalker walker(work.windows);
  for (size_t i = work.begin; i < work.end; ++i) {
    const size_t count = walker.MoveTo(i);
    if (count > 0) {
      work.samples[i] += count;
      work.out[i] = value(walker, i);
    }
  }
  return work.pace.Spend(work.end - work.begin + work.windows.runs.size());
}

// The same for functions whose work grows with the window, so that the budget is looked at within a
// series: value(walker, i, out) sets `out` and may fail.
template <typename Value>
Status ForEachCostlyWindow(const RangeWork& work, const Value& value) {
  WindowWalker walker(work.windows);
  for (size_t i = work.begin; i < work.end; ++i) {
    const size_t count = walker.MoveTo(i);
    if (count > 0) {
      work.samples[i] += count;
      ROLLCALL_RETURN_IF_ERROR(value(walker, i, work.out[i]));
      ROLLCALL_RETURN_IF_ERROR(work.pace.Spend(count));
    }
  }
  return Status::Ok();
}

}  // namespace rollcall::promql
