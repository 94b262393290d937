// label_replace and label_join, which change the labels of an instant vector's elements.
#pragma once

#include "query/promql/evaluator.h"

namespace rollcall::promql {

Result<Value> EvaluateLabelReplace(Evaluator& evaluator, const Call& call, Scope& scope);
Result<Value> EvaluateLabelJoin(Evaluator& evaluator, const Call& call, Scope& scope);

}  // namespace rollcall::promql
