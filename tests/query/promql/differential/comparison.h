// Whether two engines give the same for a query. Pure functions.
#pragma once

#include <string>
#include <string_view>

#include "base/status.h"
#include "query/promql/engine.h"

namespace rollcall::promql::test {

// What an engine answered: a result, or an error.
struct EngineAnswer {
  bool failed = false;
  std::string error;
  QueryResult result;
};

// Reads Prometheus' JSON.
EngineAnswer ReadPrometheusAnswer(std::string_view json);

// Returns "" where the answers are the same, else the first difference. Numbers may differ by a
// relative error of 1e-9, as other orders of summing give. `ordered`: the order of an
// instant's values counts, but not that of equal ones.
std::string Difference(const EngineAnswer& ours, const EngineAnswer& theirs, bool ordered);

// Returns why the answers to this query may differ, "" where no reason is known.
std::string_view ExplanationOf(std::string_view query, std::string_view difference);

}  // namespace rollcall::promql::test
