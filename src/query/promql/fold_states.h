// What an aggregation keeps of a group at one instant, for the operators that need a few numbers. A
// state begins empty; its Value is absent as long as it is. Plain values.
#pragma once

#include <cmath>

#include "query/promql/compensated_sum.h"
#include "query/promql/value.h"

namespace rollcall::promql {

struct SumState {
  CompensatedSum sum{kAbsent, 0};

  void Add(double value) {
    if (IsAbsent(sum.sum)) {
      sum.sum = value;
    } else {
      sum.Add(value);
    }
  }
  void Merge(const SumState& other) {
    if (IsAbsent(other.sum.sum)) return;
    if (IsAbsent(sum.sum)) {
      sum = other.sum;
    } else {
      sum.Add(other.sum);
    }
  }
  double Value() const { return IsAbsent(sum.sum) ? kAbsent : sum.Value(); }
};

struct CountState {
  double count = 0;

  void Add(double /*value*/) { ++count; }
  void Merge(const CountState& other) { count += other.count; }
  double Value() const { return count == 0 ? kAbsent : count; }
};

struct GroupState {
  bool is_there = false;

  void Add(double /*value*/) { is_there = true; }
  void Merge(const GroupState& other) { is_there = is_there || other.is_there; }
  double Value() const { return is_there ? 1 : kAbsent; }
};

// NaN counts only where there is nothing else.
struct MaxState {
  double value = kAbsent;

  void Add(double v) {
    if (IsAbsent(value) || v > value || std::isnan(value)) value = v;
  }
  void Merge(const MaxState& other) {
    if (!IsAbsent(other.value)) Add(other.value);
  }
  double Value() const { return value; }
};

struct MinState {
  double value = kAbsent;

  void Add(double v) {
    if (IsAbsent(value) || v < value || std::isnan(value)) value = v;
  }
  void Merge(const MinState& other) {
    if (!IsAbsent(other.value)) Add(other.value);
  }
  double Value() const { return value; }
};

// The mean, also where the sum is larger than any number: it is then kept smaller by kScale.
class MeanState {
 public:
  void Add(double value) { AddSum({value, 0}, 1, false); }
  void Merge(const MeanState& other) { AddSum(other.sum_, other.count_, other.is_scaled_); }
  double Value() const {
    if (count_ == 0) return kAbsent;
    const double mean = sum_.sum / count_ + sum_.error / count_;
    return is_scaled_ ? mean / kScale : mean;
  }

 private:
  static constexpr double kScale = 0x1p-60;  // a power of two, so that nothing is rounded

  void AddSum(CompensatedSum added, double count, bool is_scaled) {
    if (is_scaled ||
        (std::isfinite(sum_.sum) && std::isfinite(added.sum) && std::isinf(sum_.sum + added.sum))) {
      Scale();
    }
    if (is_scaled_ && !is_scaled) added = {added.sum * kScale, added.error * kScale};
    count_ += count;
    sum_.Add(added);
  }
  void Scale() {
    if (is_scaled_) return;
    is_scaled_ = true;
    sum_ = {sum_.sum * kScale, sum_.error * kScale};
  }

  CompensatedSum sum_;
  double count_ = 0;
  bool is_scaled_ = false;
};

// The variance, by the method of Welford.
class VarianceState {
 public:
  void Add(double value) {
    ++count_;
    const double delta = value - mean_;
    mean_ += delta / count_;
    squares_ += delta * (value - mean_);
  }
  void Merge(const VarianceState& other) {
    if (other.count_ == 0) return;
    if (count_ == 0) {
      *this = other;
      return;
    }
    const double count = count_ + other.count_;
    const double delta = other.mean_ - mean_;
    mean_ += delta * other.count_ / count;
    squares_ += other.squares_ + delta * delta * count_ * other.count_ / count;
    count_ = count;
  }
  double Value() const { return count_ == 0 ? kAbsent : squares_ / count_; }

 private:
  double count_ = 0;
  double mean_ = 0;
  double squares_ = 0;  // of the distances from the mean
};

struct DeviationState : VarianceState {
  double Value() const {
    const double variance = VarianceState::Value();
    return IsAbsent(variance) ? kAbsent : std::sqrt(variance);
  }
};

}  // namespace rollcall::promql
