// A breakdown of an overview as it is added up: of any number of names the first so many, and the
// rest in one. Linear in what is added; memory is for names of up to kMostNameBytes each. A plain
// value; one thread.
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
  // What a breakdown has at most. Whoever sends label values without end makes none larger.
  static constexpr size_t kMostNames = 1'000;
  static constexpr size_t kMostNameBytes = 256;

  // An empty name is none.
  void Add(std::string_view name, int64_t sources, ExactSum sum);
  // Of `values` names that are not told apart.
  void AddRest(int64_t values, ExactSum sum);

  // The known names, at 0 where nothing was added to them; up to kMostNames those with the most
  // sources, then the larger sum; the others are the rest.
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
