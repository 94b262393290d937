// Aggregations by operators that keep a few numbers for each group and instant; the others stand in
// ranked_aggregation.
#include <memory>
#include <utility>

#include "query/promql/elements.h"
#include "query/promql/evaluator.h"
#include "query/promql/fold_states.h"
#include "query/promql/grouping.h"
#include "query/promql/ranked_aggregation.h"

namespace rollcall::promql {
namespace {

template <typename State>
class Fold final : public ElementConsumer {
 public:
  Fold(Budget& budget, const Aggregation& aggregation, bool keeps_name, size_t steps)
      : grouping_(aggregation, keeps_name), steps_(steps), charge_(budget) {}

  Status Take(const ElementView& element) override {
    const Result<State*> states = StatesOf(grouping_.NumberOf(element.labels));
    if (!states.ok()) return states.status();
    for (size_t i = element.begin; i < element.end; ++i) {
      if (!IsAbsent(element.values[i])) (*states)[i].Add(element.values[i]);
    }
    return Status::Ok();
  }

  Status Merge(const Fold& other) {
    for (size_t group = 0; group < other.states_.size(); ++group) {
      const Result<State*> states =
          StatesOf(grouping_.NumberOfGroup(other.grouping_.groups()[group]));
      if (!states.ok()) return states.status();
      for (size_t i = 0; i < steps_; ++i) (*states)[i].Merge(other.states_[group][i]);
    }
    return Status::Ok();
  }

  Result<Value> Finish(Budget& budget) {
    Value result(budget);
    for (size_t group = 0; group < states_.size(); ++group) {
      const Labels& labels = grouping_.groups()[group];
      ROLLCALL_RETURN_IF_ERROR(result.charge.Take(BytesOf(labels, steps_)));
      Column column{labels, std::vector<double>(steps_)};
      for (size_t i = 0; i < steps_; ++i) column.values[i] = states_[group][i].Value();
      std::vector<State>().swap(states_[group]);
      result.vector.push_back(std::move(column));
    }
    RemoveEmpty(result.vector);
    return result;
  }

 private:
  Result<State*> StatesOf(size_t group) {
    if (group == states_.size()) {
      ROLLCALL_RETURN_IF_ERROR(
          charge_.Take(BytesOf(grouping_.groups()[group], 0) + steps_ * sizeof(State)));
      states_.emplace_back(steps_);
    }
    return states_[group].data();
  }

  Grouping grouping_;
  const size_t steps_;
  MemoryCharge charge_;
  std::vector<std::vector<State>> states_;  // of each group, at each instant
};

template <typename State>
Result<Value> EvaluateFold(Evaluator& evaluator, const Aggregation& aggregation, Scope& scope) {
  Result<Elements> elements = Elements::Of(evaluator, *aggregation.expr, scope);
  if (!elements.ok()) return elements.status();
  const auto make = [&] {
    return std::make_unique<Fold<State>>(evaluator.budget(), aggregation, elements->keeps_name(),
                                         scope.grid.size());
  };
  std::unique_ptr<Fold<State>> all;
  ROLLCALL_RETURN_IF_ERROR(elements->Visit(evaluator, scope, make, [&](ElementConsumer& part) {
    Fold<State>& fold = static_cast<Fold<State>&>(part);
    if (all == nullptr) all = make();
    return all->Merge(fold);
  }));
  if (all == nullptr) return Value(evaluator.budget());
  return all->Finish(evaluator.budget());
}

}  // namespace

Result<Value> EvaluateAggregation(Evaluator& evaluator, const Aggregation& aggregation,
                                  Scope& scope) {
  switch (aggregation.op) {
    case AggregateOp::kSum:
      return EvaluateFold<SumState>(evaluator, aggregation, scope);
    case AggregateOp::kAvg:
      return EvaluateFold<MeanState>(evaluator, aggregation, scope);
    case AggregateOp::kCount:
      return EvaluateFold<CountState>(evaluator, aggregation, scope);
    case AggregateOp::kGroup:
      return EvaluateFold<GroupState>(evaluator, aggregation, scope);
    case AggregateOp::kMax:
      return EvaluateFold<MaxState>(evaluator, aggregation, scope);
    case AggregateOp::kMin:
      return EvaluateFold<MinState>(evaluator, aggregation, scope);
    case AggregateOp::kStddev:
      return EvaluateFold<DeviationState>(evaluator, aggregation, scope);
    case AggregateOp::kStdvar:
      return EvaluateFold<VarianceState>(evaluator, aggregation, scope);
    case AggregateOp::kCountValues:
      return EvaluateCountValues(evaluator, aggregation, scope);
    case AggregateOp::kQuantile:
      return EvaluateQuantile(evaluator, aggregation, scope);
    case AggregateOp::kTopK:
    case AggregateOp::kBottomK:
      break;
  }
  return EvaluateTopK(evaluator, aggregation, scope);
}

}  // namespace rollcall::promql
