// Arithmetic and comparisons of two numbers. Pure functions.
#pragma once

#include <cmath>

#include "query/promql/ast.h"
#include "query/promql/value.h"

namespace rollcall::promql {

// Requires an operator that compares.
inline bool Compare(BinaryOp op, double left, double right) {
  switch (op) {
    case BinaryOp::kEqual:
      return left == right;
    case BinaryOp::kNotEqual:
      return left != right;
    case BinaryOp::kLess:
      return left < right;
    case BinaryOp::kLessOrEqual:
      return left <= right;
    case BinaryOp::kGreater:
      return left > right;
    default:
      return left >= right;
  }
}

// Requires an operator that calculates.
inline double Calculate(BinaryOp op, double left, double right) {
  switch (op) {
    case BinaryOp::kAdd:
      return left + right;
    case BinaryOp::kSubtract:
      return left - right;
    case BinaryOp::kMultiply:
      return left * right;
    case BinaryOp::kDivide:
      return left / right;
    case BinaryOp::kModulo:
      return std::fmod(left, right);
    case BinaryOp::kPower:
      return std::pow(left, right);
    default:
      return std::atan2(left, right);
  }
}

// Returns the value of an operation on two that are not absent. A comparison gives 1 or 0 with
// `returns_bool`, else `kept` where it holds, and is absent where not.
inline double Operate(const Binary& binary, double left, double right, double kept) {
  if (!IsComparison(binary.op)) {
    return Calculate(binary.op, left, right);
  }
  const bool holds = Compare(binary.op, left, right);
  if (binary.returns_bool) {
    return holds ? 1 : 0;
  }
  return holds ? kept : kAbsent;
}

// Whether the result is something else than the left side's value, so that its name goes.
inline bool DropsName(const Binary& binary) {
  return binary.returns_bool || (!IsComparison(binary.op) && !IsSetOperator(binary.op));
}

}  // namespace rollcall::promql
