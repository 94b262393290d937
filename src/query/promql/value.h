// What expressions evaluate to: a value for each step of the query. Plain values.
#pragma once

#include <bit>
#include <cstdint>
#include <vector>

#include "query/promql/labels.h"

namespace rollcall::promql {

// Stands for "no sample at this step". It is a NaN with bits of its own, which no sample has.
inline constexpr double kAbsent = std::bit_cast<double>(uint64_t{0x7ff0'0000'0000'0002});
inline bool IsAbsent(double value) {
  return std::bit_cast<uint64_t>(value) == std::bit_cast<uint64_t>(kAbsent);
}

// The instants at which a query is evaluated: start, start + step, … up to `end`, inclusive. Unix
// milliseconds. An instant query has one step.
struct Steps {
  int64_t start = 0;
  int64_t end = 0;
  int64_t step = 1;  // positive

  size_t count() const { return static_cast<size_t>((end - start) / step) + 1; }
  int64_t At(size_t i) const { return start + static_cast<int64_t>(i) * step; }
};

// One element of an instant vector, over all steps.
struct Column {
  Labels labels;
  std::vector<double> values;  // as many as there are steps; absent where it has no sample
};

using Vector = std::vector<Column>;

}  // namespace rollcall::promql
