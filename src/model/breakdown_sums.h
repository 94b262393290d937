// A breakdown of an overview while it is added up: the largest kMostNames of any number of names,
// and the rest as one. Linear in what is added. Not thread-safe.
#pragma once

#include <map>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "model/overview.h"
#include "model/tally.h"

namespace rollcall {

class BreakdownSums {
 public:
  // Bounds of a breakdown, inclusive: label values are chosen by strangers.
  static constexpr size_t kMostNames = 1'000;
  static constexpr size_t kMostNameBytes = 256;

  // A series without the label has an empty name, and is in no breakdown.
  void Add(std::string_view name, int64_t sources, ExactSum sum);
  // Adds the sum of `values` names that are not told apart.
  void AddRest(int64_t values, ExactSum sum);

  // Fills `totals` with the known names, at 0 where nothing was added to them, and then, up to
  // kMostNames in all, those with the most sources, the larger sum first among equals; `rest` gets
  // the others.
  void Finish(const std::vector<std::string>& known_names, BreakdownTotals& totals,
              BreakdownRest& rest) const;

 private:
  struct OfName {
    int64_t sources = 0;
    ExactSum sum;
  };
  std::unordered_map<std::string, OfName> names_;
  int64_t rest_values_ = 0;
  ExactSum rest_;
};

}  // namespace rollcall
