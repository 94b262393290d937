// Sums of floating-point numbers with the error of each addition kept beside them (Neumaier). A
// plain value.
#pragma once

#include <cmath>

namespace rollcall::promql {

struct CompensatedSum {
  double sum = 0;
  double error = 0;  // what is to be added to `sum`

  void Add(double value) {
    const double total = sum + value;
    const double part = total - sum;
    const double lost = (sum - (total - part)) + (value - part);
    // An infinite sum has lost nothing that could be told.
    error = std::isinf(total) ? 0 : error + lost;
    sum = total;
  }
  void Add(const CompensatedSum& other) {
    Add(other.sum);
    error += other.error;
  }
  // Adds `value` `count` times.
  void AddTimes(double value, double count) {
    const double product = value * count;
    Add(product);
    if (std::isfinite(product)) {
      error += std::fma(value, count, -product);
    }
  }
  double Value() const { return sum + error; }
};

}  // namespace rollcall::promql
