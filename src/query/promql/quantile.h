// Quantiles of numbers of which each may stand for several. Pure functions.
#pragma once

#include <vector>

namespace rollcall::promql {

struct Weighted {
  double value = 0;
  double weight = 1;  // a whole number, at least 1
};

// Returns the value below which `phi` of the numbers are, straight between the two nearest. NaN
// counts as smaller than all else. Without numbers, or with a `phi` of NaN: NaN; below 0 and above
// 1: -Inf and +Inf. Sorts the numbers.
double QuantileOf(double phi, std::vector<Weighted>& numbers);

// Returns whether `phi` is one that people mean: 0 to 1.
inline bool IsQuantile(double phi) { return phi >= 0 && phi <= 1; }

}  // namespace rollcall::promql
