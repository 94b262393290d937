// Runs a test script over series in memory. Owned by a test; single-threaded.
#pragma once

#include <string>
#include <vector>

#include "tests/query/promql/script.h"

namespace rollcall::promql::test {

struct ScriptOutcome {
  size_t evaluations = 0;
  std::vector<std::string> failures;  // `line 12: sum(a): wants …, is …`
};

// Numbers are compared within a relative error of 1e-12 or, as other orders of summing give, an
// absolute one of 1e-15. Instant queries are also run as the middle step of a range query, and all
// by one thread and by several.
ScriptOutcome RunScript(const std::vector<ScriptStep>& steps);

}  // namespace rollcall::promql::test
