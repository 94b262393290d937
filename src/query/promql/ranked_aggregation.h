// The aggregations that need more than a few numbers of a group: topk, bottomk, quantile,
// count_values.
#pragma once

#include "query/promql/evaluator.h"

namespace rollcall::promql {

Result<Value> EvaluateTopK(Evaluator& evaluator, const Aggregation& aggregation, Scope& scope);
Result<Value> EvaluateQuantile(Evaluator& evaluator, const Aggregation& aggregation, Scope& scope);
Result<Value> EvaluateCountValues(Evaluator& evaluator, const Aggregation& aggregation,
                                  Scope& scope);

}  // namespace rollcall::promql
