#include "model/exact_sum.h"

#include <cmath>
#include <cstdio>
#include <cstdlib>
#include <limits>

namespace rollcall {
namespace {

constexpr int kFractionBits = 32;
constexpr double kUnitsPerOne = 4294967296.0;        // 2^32
constexpr double kLargest = 18446744073709551616.0;  // 2^64

}  // namespace

ExactSum ExactSum::OfAny(double value) {
  if (value >= kLargest) return ExactSum(Units{1} << (64 + kFractionBits));
  if (value <= -kLargest) return ExactSum(-(Units{1} << (64 + kFractionBits)));
  return ExactSum(static_cast<Units>(std::nearbyint(value * kUnitsPerOne)));
}

bool ExactSum::IsWhole() const { return Units{ToInt64()} * (Units{1} << kFractionBits) == units_; }

int64_t ExactSum::ToInt64() const {
  const Units whole = units_ / (Units{1} << kFractionBits);
  if (whole > std::numeric_limits<int64_t>::max()) return std::numeric_limits<int64_t>::max();
  if (whole < std::numeric_limits<int64_t>::min()) return std::numeric_limits<int64_t>::min();
  return static_cast<int64_t>(whole);
}

double ExactSum::ToDouble() const { return static_cast<double>(units_) / kUnitsPerOne; }

double ExactSum::ToShortest() const {
  constexpr int kMostDecimals = 10;  // a unit is over 2 × 10^-10
  const double value = ToDouble();
  for (int decimals = 0; decimals <= kMostDecimals; ++decimals) {
    char text[64];  // 128 bits have 39 digits
    std::snprintf(text, sizeof text, "%.*f", decimals, value);
    const double shorter = std::strtod(text, nullptr);
    if (Of(shorter) == *this) return shorter;
  }
  return value;
}

}  // namespace rollcall
