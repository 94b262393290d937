// The instants at which an expression is evaluated: those of the query, or those that a subquery
// around it needs. A plain value.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <utility>
#include <vector>

#include "query/promql/ast.h"
#include "query/promql/value.h"

namespace rollcall::promql {

// Differences of times that no overflow turns around.
inline int64_t Minus(int64_t a, int64_t b) {
  int64_t difference = 0;
  if (__builtin_sub_overflow(a, b, &difference)) {
    return b > 0 ? INT64_MIN : INT64_MAX;
  }
  return difference;
}

class Grid {
 public:
  // `step_ms`: 0 of an instant query.
  Grid(const Steps& steps, int64_t step_ms) : steps_(steps), step_ms_(step_ms) {
    times_.reserve(steps.count());
    for (size_t i = 0; i < steps.count(); ++i) {
      times_.push_back(steps.At(i));
    }
  }
  // Of times that ascend, in no regular distance.
  Grid(std::vector<int64_t> times, int64_t step_ms) : times_(std::move(times)), step_ms_(step_ms) {}

  size_t size() const { return times_.size(); }
  int64_t operator[](size_t i) const { return times_[i]; }
  const std::vector<int64_t>& times() const { return times_; }
  // The distance of the times, or what a subquery has for it.
  int64_t step_ms() const { return step_ms_; }
  // nullopt: the times are irregular.
  const std::optional<Steps>& steps() const { return steps_; }

 private:
  std::optional<Steps> steps_;
  std::vector<int64_t> times_;
  int64_t step_ms_;
};

}  // namespace rollcall::promql
