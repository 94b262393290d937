// Random reports over a handful of metrics and label sets, so that they meet one another often. All
// sums of their finite values are exact in a double.
#pragma once

#include <limits>
#include <map>
#include <random>
#include <utility>
#include <vector>

#include "model/report.h"

namespace rollcall::test {

class RandomReports {
 public:
  explicit RandomReports(unsigned seed) : random_(seed) {}

  unsigned Below(unsigned n) { return static_cast<unsigned>(random_()) % n; }

  // Sorted by metric, then label set, each once.
  std::vector<SeriesValue> Next() {
    std::map<std::pair<uint32_t, uint32_t>, double> values;
    for (unsigned i = Below(10); i > 0; --i) {
      const uint32_t metric = 1 + Below(3);
      // A label set belongs to one metric.
      values[{metric, metric * 10 + Below(5)}] = Value();
    }
    std::vector<SeriesValue> report;
    for (const auto& [key, value] : values) report.push_back({{key.second}, {key.first}, value});
    return report;
  }

 private:
  double Value() {
    constexpr double kInfinity = std::numeric_limits<double>::infinity();
    switch (Below(10)) {
      case 0:
        return kInfinity;
      case 1:
        return -kInfinity;
      case 2:
        return -static_cast<double>(Below(5));
      case 3:
        return static_cast<double>(Below(40)) / 8;
      case 4:
        return 1e12;
      default:
        return static_cast<double>(Below(6));
    }
  }

  std::mt19937 random_;
};

}  // namespace rollcall::test
