// Parts of expressions as PromQL, for the two printers. Pure functions.
#pragma once

#include <string>
#include <string_view>

#include "query/promql/ast.h"

namespace rollcall::promql {

std::string_view NameOf(AggregateOp op);
std::string_view NameOf(BinaryOp op);

// `sum by (a) ` or `sum`: what stands in front of an aggregation's parenthesis.
std::string WriteHead(const Aggregation& aggregation);

// `== bool on (a) group_left (b)`: what stands between the sides.
std::string WriteOperator(const Binary& binary);

// `[1h:5m] offset 1d`: what follows a subquery's expression.
std::string WriteSuffix(const Subquery& subquery);

}  // namespace rollcall::promql
