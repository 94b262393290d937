// A PromQL expression as JSON, in the form of Prometheus' parse_query, from which clients draw its
// tree. Pure functions.
#pragma once

#include <string>

#include "query/promql/ast.h"

namespace rollcall::api {

// Appends `expr` as an object: its `type`, and beneath it what that has. Times and durations are
// milliseconds; what an expression does not have is null, an empty list, or 0. `+expr` is its
// operand, which it means.
void AppendTree(const promql::Expr& expr, std::string& out);

}  // namespace rollcall::api
