#include "query/promql/evaluator.h"

#include <algorithm>

#include "query/promql/elements.h"
#include "query/promql/vectors.h"

namespace rollcall::promql {
namespace {

bool IsFixed(const TimeShift& shift) { return shift.at != TimeShift::At::kNone; }

// Functions that look at the instant, whatever their arguments are.
bool LooksAtTheInstant(const Function& function) {
  switch (function.id) {
    case FunctionId::kDayOfMonth:
    case FunctionId::kDayOfWeek:
    case FunctionId::kDayOfYear:
    case FunctionId::kDaysInMonth:
    case FunctionId::kHour:
    case FunctionId::kMinute:
    case FunctionId::kMonth:
    case FunctionId::kYear:
    case FunctionId::kTime:
    case FunctionId::kTimestamp:
    case FunctionId::kPredictLinear:
      return true;
    default:
      return false;
  }
}

bool AreInvariant(const std::vector<ExprPtr>& exprs) {
  return std::all_of(exprs.begin(), exprs.end(),
                     [](const ExprPtr& expr) { return IsInvariant(*expr); });
}

struct InvariantCheck {
  bool operator()(const NumberLiteral&) const { return true; }
  bool operator()(const StringLiteral&) const { return true; }
  bool operator()(const VectorSelector& node) const { return IsFixed(node.shift); }
  bool operator()(const MatrixSelector& node) const { return IsFixed(node.selector.shift); }
  bool operator()(const Subquery& node) const { return IsFixed(node.shift); }
  bool operator()(const Aggregation& node) const {
    return (node.parameter == nullptr || IsInvariant(*node.parameter)) && IsInvariant(*node.expr);
  }
  bool operator()(const Call& node) const {
    return !LooksAtTheInstant(*node.function) && AreInvariant(node.arguments);
  }
  bool operator()(const Binary& node) const {
    return IsInvariant(*node.left) && IsInvariant(*node.right);
  }
  bool operator()(const Negation& node) const { return IsInvariant(*node.expr); }
  bool operator()(const Parentheses& node) const { return IsInvariant(*node.expr); }
};

}  // namespace

const Expr& Unwrapped(const Expr& expr) {
  const Expr* inner = &expr;
  while (const Parentheses* parentheses = std::get_if<Parentheses>(&inner->node)) {
    inner = parentheses->expr.get();
  }
  return *inner;
}

bool IsInvariant(const Expr& expr) { return std::visit(InvariantCheck(), expr.node); }

Result<Value> Evaluator::Evaluate(const Expr& wrapped, Scope& scope) {
  ROLLCALL_RETURN_IF_ERROR(budget_.Check());
  const Expr& expr = Unwrapped(wrapped);
  if (scope.grid.size() > 1 && !std::holds_alternative<NumberLiteral>(expr.node) &&
      IsInvariant(expr)) {
    return EvaluateOnce(expr, scope);
  }
  return EvaluateNode(expr, scope);
}

Result<Value> Evaluator::EvaluateOnce(const Expr& expr, Scope& scope) {
  const int64_t first = scope.grid[0];
  const Grid grid(Steps{first, first, 1}, scope.grid.step_ms());
  Scope once(grid);
  Result<Value> value = EvaluateNode(expr, once);
  if (!value.ok()) {
    return value;
  }
  for (uint64_t& samples : scope.samples) {
    samples += once.samples[0];
  }
  const size_t count = scope.grid.size();
  ROLLCALL_RETURN_IF_ERROR(
      value->charge.Take(sizeof(double) * count * (value->vector.size() + value->scalar.size())));
  for (Column& column : value->vector) {
    column.values.assign(count, column.values[0]);
  }
  if (!value->scalar.empty()) {
    value->scalar.assign(count, value->scalar[0]);
  }
  return value;
}

Result<Value> Evaluator::EvaluateNode(const Expr& expr, Scope& scope) {
  Value value(budget_);
  value.type = expr.type;
  if (const NumberLiteral* number = std::get_if<NumberLiteral>(&expr.node)) {
    ROLLCALL_RETURN_IF_ERROR(value.charge.Take(sizeof(double) * scope.grid.size()));
    value.scalar.assign(scope.grid.size(), number->value);
    return value;
  }
  if (const StringLiteral* text = std::get_if<StringLiteral>(&expr.node)) {
    value.text = text->value;
    return value;
  }
  if (IsElementwise(expr)) {
    Result<Elements> elements = Elements::Of(*this, expr, scope);
    return elements.ok() ? elements->Collect(*this, scope) : elements.status();
  }
  if (const Negation* negation = std::get_if<Negation>(&expr.node)) {
    Result<Value> operand = Evaluate(*negation->expr, scope);
    if (operand.ok()) {
      for (double& number : operand->scalar) {
        number = -number;
      }
    }
    return operand;
  }
  if (const Binary* binary = std::get_if<Binary>(&expr.node)) {
    return EvaluateBinary(*this, *binary, scope);
  }
  if (std::holds_alternative<Aggregation>(expr.node) || std::holds_alternative<Call>(expr.node)) {
    Result<std::optional<Value>> known = Known(expr, scope);
    if (!known.ok()) {
      return known.status();
    }
    if (known->has_value()) {
      return std::move(**known);
    }
  }
  if (const Aggregation* aggregation = std::get_if<Aggregation>(&expr.node)) {
    return EvaluateAggregation(*this, *aggregation, scope);
  }
  if (const Call* call = std::get_if<Call>(&expr.node)) {
    return EvaluateCall(*this, *call, scope);
  }
  return Status::Internal("evaluate a range vector where an instant one is due");
}

Result<std::vector<double>> Evaluator::EvaluateScalar(const Expr& expr, Scope& scope) {
  Result<Value> value = Evaluate(expr, scope);
  return value.ok() ? Result<std::vector<double>>(std::move(value->scalar)) : value.status();
}

Result<std::optional<Value>> Evaluator::Known(const Expr& expr, const Scope& scope) {
  if (!scope.grid.steps() || expr.type != ValueType::kVector) {
    return std::optional<Value>();
  }
  Result<std::optional<Vector>> known = source_.Known(expr, *scope.grid.steps(), budget_);
  if (!known.ok()) {
    return known.status();
  }
  if (!known->has_value()) {
    return std::optional<Value>();
  }
  std::optional<Value> value(budget_);
  value->vector = std::move(**known);
  for (const Column& column : value->vector) {
    ROLLCALL_RETURN_IF_ERROR(value->charge.Take(BytesOf(column.labels, column.values.size())));
  }
  return value;
}

std::vector<int64_t> Evaluator::Shifted(const TimeShift& shift, const Grid& grid) const {
  std::vector<int64_t> shifted = grid.times();
  for (int64_t& time : shifted) {
    switch (shift.at) {
      case TimeShift::At::kNone:
        break;
      case TimeShift::At::kInstant:
        time = shift.at_ms;
        break;
      case TimeShift::At::kStart:
        time = steps_.start;
        break;
      case TimeShift::At::kEnd:
        time = steps_.end;
        break;
    }
    time = Minus(time, shift.offset_ms);
  }
  return shifted;
}

Result<std::vector<std::unique_ptr<SeriesPart>>> Evaluator::Select(SelectRequest request) {
  request.lookback_ms = lookback_ms_;
  return source_.Select(request, budget_);
}

}  // namespace rollcall::promql
