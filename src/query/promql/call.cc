// The functions that are not of each element by itself: a row each.
#include <algorithm>
#include <cmath>
#include <limits>
#include <map>
#include <numbers>
#include <utility>

#include "query/promql/elements.h"
#include "query/promql/evaluator.h"
#include "query/promql/histogram.h"
#include "query/promql/label_functions.h"
#include "query/promql/math_functions.h"
#include "query/promql/part_visit.h"
#include "query/promql/subquery.h"
#include "query/promql/vectors.h"

namespace rollcall::promql {
namespace {

// Whether there is an element at all, for each instant.
class PresenceConsumer final : public ElementConsumer {
 public:
  explicit PresenceConsumer(size_t steps) : present_(steps) {}
  Status Take(const ElementView& element) override {
    for (size_t i = element.begin; i < element.end; ++i) {
      if (!IsAbsent(element.values[i])) present_[i] = true;
    }
    return Status::Ok();
  }
  void Add(const PresenceConsumer& other) {
    for (size_t i = 0; i < present_.size(); ++i) {
      if (other.present_[i]) present_[i] = true;
    }
  }
  bool At(size_t i) const { return present_[i]; }

 private:
  std::vector<bool> present_;
};

Result<Value> VectorOf(Evaluator& evaluator, Labels labels, std::vector<double> values) {
  Value result(evaluator.budget());
  ROLLCALL_RETURN_IF_ERROR(result.charge.Take(BytesOf(labels, values.size())));
  result.vector.push_back({std::move(labels), std::move(values)});
  RemoveEmpty(result.vector);
  return result;
}

// 1 where nothing is there, with the labels that the selector asks for by equality.
Result<Value> AbsenceOf(Evaluator& evaluator, const VectorSelector* selector,
                        const PresenceConsumer& presence, size_t steps) {
  Labels labels;
  if (selector != nullptr) {
    std::map<std::string, int> mentions;
    for (const Matcher& matcher : selector->matchers) ++mentions[matcher.label()];
    for (const Matcher& matcher : selector->matchers) {
      if (matcher.op() == MatchOp::kEqual && matcher.label() != kMetricName &&
          mentions[matcher.label()] == 1) {
        labels.Set(matcher.label(), matcher.value());
      }
    }
  }
  std::vector<double> values(steps, kAbsent);
  for (size_t i = 0; i < steps; ++i) {
    if (!presence.At(i)) values[i] = 1;
  }
  return VectorOf(evaluator, std::move(labels), std::move(values));
}

Result<Value> EvaluateAbsent(Evaluator& evaluator, const Call& call, Scope& scope) {
  const Expr& operand = Unwrapped(*call.arguments[0]);
  Result<Elements> elements = Elements::Of(evaluator, operand, scope);
  if (!elements.ok()) return elements.status();
  const size_t steps = scope.grid.size();
  PresenceConsumer presence(steps);
  ROLLCALL_RETURN_IF_ERROR(elements->Visit(
      evaluator, scope, [steps] { return std::make_unique<PresenceConsumer>(steps); },
      [&](ElementConsumer& part) {
        presence.Add(static_cast<PresenceConsumer&>(part));
        return Status::Ok();
      }));
  return AbsenceOf(evaluator, std::get_if<VectorSelector>(&operand.node), presence, steps);
}

Result<Value> EvaluateAbsentOverTime(Evaluator& evaluator, const Call& call, Scope& scope) {
  const Expr& operand = Unwrapped(*call.arguments[0]);
  const size_t steps = scope.grid.size();
  PresenceConsumer presence(steps);
  PartWork work;
  work.instants = scope.grid.times();
  work.function = RangeFunctionOf(FunctionId::kPresentOverTime);
  work.function_id = FunctionId::kPresentOverTime;
  if (const Subquery* subquery = std::get_if<Subquery>(&operand.node)) {
    const Result<SubqueryValues> inner = EvaluateSubquery(evaluator, *subquery, scope);
    if (!inner.ok()) return inner.status();
    work.starts = inner->starts;
    work.ends = inner->ends;
    SeriesWork series_work(evaluator, work);
    ROLLCALL_RETURN_IF_ERROR(VisitAsSeries(
        inner->value.vector, inner->grid,
        [&](const SeriesView& series) { return series_work.Take(series, presence); }));
    return AbsenceOf(evaluator, nullptr, presence, steps);
  }
  const MatrixSelector& matrix = std::get<MatrixSelector>(operand.node);
  const std::vector<int64_t> ends = evaluator.Shifted(matrix.selector.shift, scope.grid);
  std::vector<int64_t> starts;
  starts.reserve(ends.size());
  for (const int64_t end : ends) starts.push_back(Minus(end, matrix.range_ms));
  work.starts = starts;
  work.ends = ends;
  const auto parts = evaluator.Select({.matchers = matrix.selector.matchers,
                                       .after = starts.front(),
                                       .to = ends.back(),
                                       .latest = false,
                                       .step_ms = scope.grid.step_ms(),
                                       .lookback_ms = {},
                                       .instants = ends,
                                       .range_ms = matrix.range_ms});
  if (!parts.ok()) return parts.status();
  ROLLCALL_RETURN_IF_ERROR(VisitParts(
      evaluator, *parts, work, scope, [steps] { return std::make_unique<PresenceConsumer>(steps); },
      [&](ElementConsumer& part) {
        presence.Add(static_cast<PresenceConsumer&>(part));
        return Status::Ok();
      }));
  return AbsenceOf(evaluator, &matrix.selector, presence, steps);
}

// The value of the only element; NaN where there are none or several.
Result<Value> EvaluateScalarOf(Evaluator& evaluator, const Call& call, Scope& scope) {
  const Result<Value> vector = evaluator.Evaluate(*call.arguments[0], scope);
  if (!vector.ok()) return vector.status();
  Value result(evaluator.budget());
  result.type = ValueType::kScalar;
  const size_t steps = scope.grid.size();
  ROLLCALL_RETURN_IF_ERROR(result.charge.Take(2 * sizeof(double) * steps));
  result.scalar.assign(steps, kAbsent);
  std::vector<size_t> elements(steps);
  for (const Column& column : vector->vector) {
    ROLLCALL_RETURN_IF_ERROR(evaluator.budget().Check());
    for (size_t i = 0; i < steps; ++i) {
      if (IsAbsent(column.values[i])) continue;
      ++elements[i];
      result.scalar[i] = column.values[i];
    }
  }
  for (size_t i = 0; i < steps; ++i) {
    if (elements[i] != 1) result.scalar[i] = std::numeric_limits<double>::quiet_NaN();
  }
  return result;
}

// Of the elements' only values; NaN comes last either way.
Result<Value> EvaluateSort(Evaluator& evaluator, const Call& call, Scope& scope) {
  Result<Value> vector = evaluator.Evaluate(*call.arguments[0], scope);
  if (!vector.ok() || scope.grid.size() > 1) return vector;
  const bool descends = call.function->id == FunctionId::kSortDesc;
  RemoveEmpty(vector->vector);
  std::sort(vector->vector.begin(), vector->vector.end(), [&](const Column& a, const Column& b) {
    const double x = a.values[0];
    const double y = b.values[0];
    if (std::isnan(x) || std::isnan(y)) {
      return std::isnan(x) == std::isnan(y) ? a.labels < b.labels : std::isnan(y);
    }
    if (x != y) return descends ? x > y : x < y;
    return a.labels < b.labels;
  });
  return vector;
}

Result<Value> ScalarOf(Evaluator& evaluator, std::vector<double> values) {
  Value result(evaluator.budget());
  result.type = ValueType::kScalar;
  ROLLCALL_RETURN_IF_ERROR(result.charge.Take(sizeof(double) * values.size()));
  result.scalar = std::move(values);
  return result;
}

std::vector<double> SecondsOf(const Grid& grid) {
  std::vector<double> seconds;
  seconds.reserve(grid.size());
  for (size_t i = 0; i < grid.size(); ++i) seconds.push_back(static_cast<double>(grid[i]) / 1000);
  return seconds;
}

}  // namespace

Result<Value> EvaluateCall(Evaluator& evaluator, const Call& call, Scope& scope) {
  const FunctionId id = call.function->id;
  switch (id) {
    case FunctionId::kIsAbsent:
      return EvaluateAbsent(evaluator, call, scope);
    case FunctionId::kAbsentOverTime:
      return EvaluateAbsentOverTime(evaluator, call, scope);
    case FunctionId::kHistogramQuantile:
      return EvaluateHistogramQuantile(evaluator, call, scope);
    case FunctionId::kLabelJoin:
      return EvaluateLabelJoin(evaluator, call, scope);
    case FunctionId::kLabelReplace:
      return EvaluateLabelReplace(evaluator, call, scope);
    case FunctionId::kScalar:
      return EvaluateScalarOf(evaluator, call, scope);
    case FunctionId::kSort:
    case FunctionId::kSortDesc:
      return EvaluateSort(evaluator, call, scope);
    case FunctionId::kVector: {
      Result<std::vector<double>> scalar = evaluator.EvaluateScalar(*call.arguments[0], scope);
      if (!scalar.ok()) return scalar.status();
      return VectorOf(evaluator, Labels(), std::move(*scalar));
    }
    case FunctionId::kPi:
      return ScalarOf(evaluator, std::vector<double>(scope.grid.size(), std::numbers::pi));
    case FunctionId::kTime:
      return ScalarOf(evaluator, SecondsOf(scope.grid));
    default:
      break;
  }
  // A date function without an argument: of the instant itself.
  if (const DateFunction date = DateFunctionOf(id)) {
    std::vector<double> values = SecondsOf(scope.grid);
    for (double& value : values) value = date(value);
    return VectorOf(evaluator, Labels(), std::move(values));
  }
  return EvaluateOverSubquery(evaluator, call, scope);
}

}  // namespace rollcall::promql
