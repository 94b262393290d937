#include "query/promql/quantile.h"

#include <algorithm>
#include <cmath>
#include <limits>

namespace rollcall::promql {
namespace {

bool IsLess(const Weighted& a, const Weighted& b) {
  return a.value < b.value || (std::isnan(a.value) && !std::isnan(b.value));
}

}  // namespace

double QuantileOf(double phi, std::vector<Weighted>& numbers) {
  if (numbers.empty() || std::isnan(phi)) {
    return std::numeric_limits<double>::quiet_NaN();
  }
  if (!IsQuantile(phi)) {
    return phi < 0 ? -std::numeric_limits<double>::infinity()
                   : std::numeric_limits<double>::infinity();
  }
  std::sort(numbers.begin(), numbers.end(), IsLess);
  double count = 0;
  for (const Weighted& number : numbers) {
    count += number.weight;
  }
  const double rank = phi * (count - 1);
  const double lower = std::max(0.0, std::floor(rank));
  const double upper = std::min(count - 1, lower + 1);
  const double share = rank - std::floor(rank);
  // The numbers with these ranks, from 0.
  const auto at = [&](double wanted) {
    double passed = 0;
    for (const Weighted& number : numbers) {
      passed += number.weight;
      if (wanted < passed) {
        return number.value;
      }
    }
    return numbers.back().value;
  };
  return at(lower) * (1 - share) + at(upper) * share;
}

}  // namespace rollcall::promql
