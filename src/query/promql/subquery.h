// Ranges of samples: subqueries, and range vectors that are an answer by themselves.
#pragma once

#include <vector>

#include "query/promql/evaluator.h"

namespace rollcall::promql {

// Returns the samples of a range vector at the scope's one instant, charged to `charge`. Fails as
// Engine::Evaluate.
Result<std::vector<ResultSeries>> SamplesOfRange(Evaluator& evaluator, const Expr& expr,
                                                 Scope& scope, MemoryCharge& charge);

// A subquery's values: at all the instants that the windows of any of the scope's instants need.
struct SubqueryValues {
  Grid grid;
  Value value;
  std::vector<int64_t> starts;  // of the windows, exclusive
  std::vector<int64_t> ends;    // inclusive
};
Result<SubqueryValues> EvaluateSubquery(Evaluator& evaluator, const Subquery& subquery,
                                        Scope& scope);

// Calls visit with each of a vector's columns as a series, whose samples are its values.
Status VisitAsSeries(const Vector& vector, const Grid& grid,
                     const std::function<Status(const SeriesView&)>& visit);

}  // namespace rollcall::promql
