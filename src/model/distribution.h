// The distribution of numbers over sources: percentiles, and how many sources have how much. A
// figure has two of a period: each source counts by its peak, and by its latest report.
//
// The p-th percentile is the nearest rank: of n numbers in ascending order the one at place
// p × n / 100, rounded up. So it is a number that a source has, and at least p % of the sources
// have no more than it.
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <utility>
#include <vector>

#include "model/exact_sum.h"

namespace rollcall {

inline constexpr std::array<int, 5> kPercentiles = {25, 50, 75, 90, 99};

// How many sources have a number in a range, both ends inclusive.
struct DistributionBin {
  double from = 0;
  double to = 0;
  int64_t sources = 0;

  bool operator==(const DistributionBin&) const = default;
};

// All numbers are within ±2^64, as an ExactSum's summands are. A plain value.
struct Distribution {
  int64_t sources = 0;  // that have a number; where 0, all the rest is 0 and empty
  ExactSum sum;
  double least = 0;
  std::array<double, kPercentiles.size()> percentiles{};  // as in kPercentiles
  double most = 0;
  // Ascending, without those that nobody is in. Their ends are 0, 1, 2, 3, 5, and so on with 1, 2
  // and 5 times the powers of ten, up to 2^64; negative ones mirror them. A bin begins with the
  // whole number after the end of the one before or, where any of the numbers is not whole, with
  // the least number that is in it.
  std::vector<DistributionBin> bins;

  bool operator==(const Distribution&) const = default;
};

// Of one figure in one period.
struct FigureDistribution {
  int64_t counted = 0;  // sources that reported the fleet's counted metric; others are in neither
  Distribution peak;
  // nullopt: not all of the reports that say it are still stored.
  std::optional<Distribution> latest;

  bool operator==(const FigureDistribution&) const = default;
};

// Gathers the numbers. Owned by a scan; one thread. Memory: 16 bytes per distinct number, and half
// a mebibyte.
class DistributionBuilder {
 public:
  // Adds a source's number; what is beyond ±2^64 counts as that. Requires a finite `number`.
  void Add(double number);
  // Returns the distribution of all that was added. Must be called once, at the end.
  Distribution Finish();

 private:
  using Run = std::pair<double, int64_t>;  // a number, and how many sources have it

  // Moves what is pending into the runs.
  void Sort();

  std::vector<double> pending_;
  std::vector<Run> runs_;  // ascending
};

}  // namespace rollcall
