// The mean of numbers, also where their sum is larger than any number. A plain value; two add up.
#pragma once

#include <cmath>

#include "query/promql/compensated_sum.h"

namespace rollcall::promql {

class ScaledMean {
 public:
  void AddTimes(double value, double count) {
    count_ += count;
    sum_.AddTimes(value * kScale, count);
  }
  double Value() const { return (sum_.sum / count_ + sum_.error / count_) / kScale; }

 private:
  // Room for 2^60 of the largest numbers; a power of two, so that nothing is rounded.
  static constexpr double kScale = 0x1p-60;

  CompensatedSum sum_;
  double count_ = 0;
};

}  // namespace rollcall::promql
