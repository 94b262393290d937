#include "query/promql/elements.h"

#include <algorithm>

#include "query/promql/part_visit.h"
#include "query/promql/vectors.h"

namespace rollcall::promql {
namespace {

bool HasOneName(const VectorSelector& selector) {
  return std::any_of(selector.matchers.begin(), selector.matchers.end(), [](const Matcher& m) {
    return m.label() == kMetricName && m.op() == MatchOp::kEqual && !m.value().empty();
  });
}

const VectorSelector* SelectorOf(const Expr& expr) {
  return std::get_if<VectorSelector>(&Unwrapped(expr).node);
}

}  // namespace

Result<Elements> Elements::Of(Evaluator& evaluator, const Expr& wrapped, Scope& scope) {
  const Expr& expr = Unwrapped(wrapped);
  if (!IsElementwise(expr) || (scope.grid.size() > 1 && IsInvariant(expr))) {
    Result<Value> value = evaluator.Evaluate(expr, scope);
    return value.ok() ? Result<Elements>(Elements(std::move(*value))) : value.status();
  }
  if (const VectorSelector* selector = SelectorOf(expr)) {
    return OfSelector(evaluator, *selector, {}, scope);
  }
  if (const Call* call = std::get_if<Call>(&expr.node)) {
    Result<std::optional<Value>> known = evaluator.Known(expr, scope);
    if (!known.ok()) {
      return known.status();
    }
    if (known->has_value()) {
      return Elements(std::move(**known));
    }
    if (RangeFunctionOf(call->function->id) != nullptr) {
      return OfRange(evaluator, *call, scope);
    }
    if (call->function->id == FunctionId::kTimestamp && SelectorOf(*call->arguments[0])) {
      Selection selection;
      selection.wants_times = true;
      return OfSelector(evaluator, *SelectorOf(*call->arguments[0]), std::move(selection), scope);
    }
  }
  Result<ElementwiseExpr> elementwise = ElementwiseOf(evaluator, expr, scope);
  if (!elementwise.ok()) {
    return elementwise.status();
  }
  return OfElementwise(evaluator, std::move(*elementwise), scope);
}

Result<Elements> Elements::OfSelection(Evaluator& evaluator, const VectorSelector& selector,
                                       Selection selection, Scope& scope) {
  const bool is_of_windows = !selection.starts.empty();
  selection.has_one_name = HasOneName(selector);
  const bool wants_values =
      is_of_windows ? IsOfValues(selection.function_id) : !selection.wants_times;
  auto parts = evaluator.Select(
      {.matchers = selector.matchers,
       .after = is_of_windows ? selection.starts.front() : Minus(selection.ends.front(), 1),
       .to = selection.ends.back(),
       .latest = !is_of_windows,
       .step_ms = scope.grid.step_ms(),
       .lookback_ms = {},
       .instants =
           wants_values ? std::span<const int64_t>(selection.ends) : std::span<const int64_t>(),
       .range_ms = is_of_windows ? Minus(selection.ends.front(), selection.starts.front()) : 0});
  if (!parts.ok()) {
    return parts.status();
  }
  selection.parts = std::move(*parts);
  Elements elements{Value(evaluator.budget())};
  elements.selection_ = std::move(selection);
  return elements;
}

Result<Elements> Elements::OfSelector(Evaluator& evaluator, const VectorSelector& selector,
                                      Selection selection, Scope& scope) {
  const bool keeps_name = !selection.wants_times;
  selection.ends = evaluator.Shifted(selector.shift, scope.grid);
  Result<Elements> elements = OfSelection(evaluator, selector, std::move(selection), scope);
  if (elements.ok()) {
    elements->keeps_name_ = keeps_name;
  }
  return elements;
}

Result<Elements> Elements::OfRange(Evaluator& evaluator, const Call& call, Scope& scope) {
  Selection selection;
  selection.function = RangeFunctionOf(call.function->id);
  selection.function_id = call.function->id;
  selection.labels_must_differ = true;
  const MatrixSelector* matrix = nullptr;
  for (const ExprPtr& argument : call.arguments) {
    if (argument->type == ValueType::kMatrix) {
      matrix = &std::get<MatrixSelector>(Unwrapped(*argument).node);
      selection.range_place = argument->place;
      continue;
    }
    Result<std::vector<double>> parameter = evaluator.EvaluateScalar(*argument, scope);
    if (!parameter.ok()) {
      return parameter.status();
    }
    if (selection.parameters.empty()) {
      selection.parameter_place = argument->place;
    }
    selection.parameters.push_back(std::move(*parameter));
  }
  selection.ends = evaluator.Shifted(matrix->selector.shift, scope.grid);
  for (const int64_t end : selection.ends) {
    selection.starts.push_back(Minus(end, matrix->range_ms));
  }
  Result<Elements> elements = OfSelection(evaluator, matrix->selector, std::move(selection), scope);
  if (elements.ok()) {
    elements->keeps_name_ = call.function->id == FunctionId::kLastOverTime;
  }
  return elements;
}

Result<Elements> Elements::OfElementwise(Evaluator& evaluator, ElementwiseExpr expr, Scope& scope) {
  Result<Elements> operand = Of(evaluator, *expr.operand, scope);
  if (!operand.ok()) {
    return operand;
  }
  // Elements of one metric differ without its name, whatever becomes of their values.
  if (operand->selection_ && operand->selection_->has_one_name) {
    operand->transforms_.push_back(std::move(expr.transform));
    operand->keeps_name_ = operand->keeps_name_ && !expr.drops_name;
    return operand;
  }
  Result<Value> value = operand->Collect(evaluator, scope);
  if (!value.ok()) {
    return value.status();
  }
  for (Column& column : value->vector) {
    ROLLCALL_RETURN_IF_ERROR(evaluator.budget().Check());
    expr.transform(column.values, 0, column.values.size());
  }
  RemoveEmpty(value->vector);
  if (expr.drops_name) {
    DropNames(value->vector);
    ROLLCALL_RETURN_IF_ERROR(expr.labels_must_differ ? CheckLabelsDiffer(value->vector)
                                                     : UniteSameLabels(value->vector));
  }
  return Elements(std::move(*value));
}

Status Elements::Visit(Evaluator& evaluator, Scope& scope,
                       const std::function<std::unique_ptr<ElementConsumer>()>& make,
                       const std::function<Status(ElementConsumer&)>& merge) {
  // Only as a whole can elements be seen to have the same labels.
  if (selection_ && !keeps_name_ && !selection_->has_one_name) {
    Result<Value> value = Collect(evaluator, scope);
    if (!value.ok()) {
      return value.status();
    }
    value_ = std::move(*value);
    selection_.reset();
  }
  if (!selection_) {
    const std::unique_ptr<ElementConsumer> consumer = make();
    for (const Column& column : value_.vector) {
      ROLLCALL_RETURN_IF_ERROR(evaluator.budget().Check());
      ROLLCALL_RETURN_IF_ERROR(
          consumer->Take({column.labels, column.values, 0, column.values.size()}));
    }
    return merge(*consumer);
  }
  return VisitSelection(evaluator, scope, make, merge);
}

Status Elements::VisitSelection(Evaluator& evaluator, Scope& scope,
                                const std::function<std::unique_ptr<ElementConsumer>()>& make,
                                const std::function<Status(ElementConsumer&)>& merge) {
  const PartWork work{selection_->starts,          selection_->ends,
                      scope.grid.times(),          selection_->wants_times,
                      selection_->function,        selection_->function_id,
                      selection_->parameters,      selection_->range_place,
                      selection_->parameter_place, transforms_};
  return VisitParts(evaluator, selection_->parts, work, scope, make, merge);
}

Status ColumnCollector::Take(const ElementView& element) {
  ROLLCALL_RETURN_IF_ERROR(value_.charge.Take(BytesOf(element.labels, element.values.size())));
  value_.vector.push_back({element.labels, {element.values.begin(), element.values.end()}});
  if (!keeps_name_) value_.vector.back().labels.Remove(kMetricName);
  return Status::Ok();
}

Result<Value> Elements::Collect(Evaluator& evaluator, Scope& scope) {
  if (!selection_) {
    return std::move(value_);
  }
  Value all(evaluator.budget());
  ROLLCALL_RETURN_IF_ERROR(VisitSelection(
      evaluator, scope,
      [&] { return std::make_unique<ColumnCollector>(evaluator.budget(), keeps_name_); },
      [&](ElementConsumer& consumer) {
        Value& part = static_cast<ColumnCollector&>(consumer).value();
        std::move(part.vector.begin(), part.vector.end(), std::back_inserter(all.vector));
        all.charge.Absorb(part.charge);
        return Status::Ok();
      }));
  if (!keeps_name_ && !selection_->has_one_name) {
    ROLLCALL_RETURN_IF_ERROR(selection_->labels_must_differ ? CheckLabelsDiffer(all.vector)
                                                            : UniteSameLabels(all.vector));
  }
  return all;
}

}  // namespace rollcall::promql
