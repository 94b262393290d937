// A sum that does not depend on the order of its summands, and from which each can be subtracted
// again exactly: 128-bit fixed point. A plain value.
#pragma once

#include <compare>
#include <cstdint>

namespace rollcall {

// Unit: 2^-32. Whole numbers up to 2^64 are exact; others are rounded once, when they enter, to the
// nearest unit. A summand beyond ±2^64 counts as ±2^64, which leaves room for 2^31 of them; a
// result that large is cut to the ends of the 64-bit range anyway (contract, Overview).
class ExactSum {
 public:
  using Units = __int128;

  ExactSum() = default;
  // Requires a finite `value`.
  static ExactSum Of(double value) {
    constexpr double kLargestInt64 = 9223372036854775808.0;  // 2^63, exclusive
    if (value > -kLargestInt64 && value < kLargestInt64) {
      const auto whole = static_cast<int64_t>(value);
      if (static_cast<double>(whole) == value) return ExactSum(Units{whole} * (int64_t{1} << 32));
    }
    return OfAny(value);
  }
  static ExactSum FromUnits(Units units) { return ExactSum(units); }

  Units units() const { return units_; }
  bool IsZero() const { return units_ == 0; }
  // Returns whether it is a whole number that ToInt64 does not cut.
  bool IsWhole() const;
  // Cut towards zero, and to the ends of the range.
  int64_t ToInt64() const;
  double ToDouble() const;
  // The same with no more decimals than tell it from its neighbours: 0.1, not 0.10000000009.
  double ToShortest() const;

  ExactSum& operator+=(ExactSum other) {
    units_ += other.units_;
    return *this;
  }
  friend ExactSum operator+(ExactSum a, ExactSum b) { return ExactSum(a.units_ + b.units_); }
  friend ExactSum operator-(ExactSum a, ExactSum b) { return ExactSum(a.units_ - b.units_); }
  bool operator==(const ExactSum&) const = default;

 private:
  explicit ExactSum(Units units) : units_(units) {}
  static ExactSum OfAny(double value);

  Units units_ = 0;
};

}  // namespace rollcall
