// Which expressions change each element by itself, and how.
#include "query/promql/arithmetic.h"
#include "query/promql/elements.h"
#include "query/promql/math_functions.h"

namespace rollcall::promql {
namespace {

bool IsVector(const ExprPtr& expr) { return expr->type == ValueType::kVector; }

Result<ElementwiseExpr> OfCall(Evaluator& evaluator, const Call& call, Scope& scope) {
  ElementwiseExpr result;
  result.operand = call.arguments[0].get();
  if (call.function->id == FunctionId::kTimestamp) {
    result.transform = [times = scope.grid.times()](std::span<double> values, size_t begin,
                                                    size_t end) {
      for (size_t i = begin; i < end; ++i) {
        if (!IsAbsent(values[i])) {
          values[i] = static_cast<double>(times[i]) / 1000;
        }
      }
    };
    return result;
  }
  std::vector<std::vector<double>> parameters;
  for (size_t i = 1; i < call.arguments.size(); ++i) {
    Result<std::vector<double>> parameter = evaluator.EvaluateScalar(*call.arguments[i], scope);
    if (!parameter.ok()) {
      return parameter.status();
    }
    parameters.push_back(std::move(*parameter));
  }
  result.transform = MathTransform(call.function->id, std::move(parameters));
  return result;
}

// A vector and a scalar: a comparison keeps the vector's value, on whichever side it stands.
Result<ElementwiseExpr> OfBinary(Evaluator& evaluator, const Binary& binary, Scope& scope) {
  const bool is_left = IsVector(binary.left);
  Result<std::vector<double>> scalar =
      evaluator.EvaluateScalar(is_left ? *binary.right : *binary.left, scope);
  if (!scalar.ok()) {
    return scalar.status();
  }
  ElementwiseExpr result;
  result.operand = is_left ? binary.left.get() : binary.right.get();
  result.drops_name = DropsName(binary);
  result.transform = [&binary, is_left, numbers = std::move(*scalar)](std::span<double> values,
                                                                      size_t begin, size_t end) {
    for (size_t i = begin; i < end; ++i) {
      const double value = values[i];
      if (!IsAbsent(value)) {
        values[i] = is_left ? Operate(binary, value, numbers[i], value)
                            : Operate(binary, numbers[i], value, value);
      }
    }
  };
  return result;
}

}  // namespace

bool IsElementwise(const Expr& wrapped) {
  const Expr& expr = Unwrapped(wrapped);
  if (expr.type != ValueType::kVector) {
    return false;
  }
  if (const Call* call = std::get_if<Call>(&expr.node)) {
    if (RangeFunctionOf(call->function->id) != nullptr) {
      for (const ExprPtr& argument : call->arguments) {
        if (argument->type == ValueType::kMatrix) {
          return std::holds_alternative<MatrixSelector>(Unwrapped(*argument).node);
        }
      }
    }
    return !call->arguments.empty() &&
           (call->function->id == FunctionId::kTimestamp || IsMathFunction(call->function->id));
  }
  if (const Binary* binary = std::get_if<Binary>(&expr.node)) {
    return IsVector(binary->left) != IsVector(binary->right);
  }
  return std::holds_alternative<VectorSelector>(expr.node) ||
         std::holds_alternative<Negation>(expr.node);
}

Result<ElementwiseExpr> ElementwiseOf(Evaluator& evaluator, const Expr& wrapped, Scope& scope) {
  const Expr& expr = Unwrapped(wrapped);
  if (const Call* call = std::get_if<Call>(&expr.node)) {
    return OfCall(evaluator, *call, scope);
  }
  if (const Binary* binary = std::get_if<Binary>(&expr.node)) {
    return OfBinary(evaluator, *binary, scope);
  }
  ElementwiseExpr result;
  result.operand = std::get<Negation>(expr.node).expr.get();
  result.labels_must_differ = true;
  result.transform = [](std::span<double> values, size_t begin, size_t end) {
    for (size_t i = begin; i < end; ++i) {
      if (!IsAbsent(values[i])) {
        values[i] = -values[i];
      }
    }
  };
  return result;
}

}  // namespace rollcall::promql
