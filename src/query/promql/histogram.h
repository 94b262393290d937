// histogram_quantile over classic buckets.
#pragma once

#include "query/promql/evaluator.h"

namespace rollcall::promql {

Result<Value> EvaluateHistogramQuantile(Evaluator& evaluator, const Call& call, Scope& scope);

}  // namespace rollcall::promql
