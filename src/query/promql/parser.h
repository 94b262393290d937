// The parser of PromQL: text to a typed tree. Pure functions.
#pragma once

#include <string_view>
#include <vector>

#include "base/status.h"
#include "query/promql/ast.h"

namespace rollcall::promql {

// Bounds, inclusive. A query that a person or a dashboard writes is far below them.
inline constexpr size_t kMaxQueryBytes = 64 * 1024;
inline constexpr int kMaxDepth = 200;      // of expressions in expressions
inline constexpr size_t kMaxLabels = 200;  // in one list of labels, or of matchers
inline constexpr int kMaxPatterns =
    100;  // regular expressions of matchers, of kMaxPatternBytes each

// Parses a whole query and checks its types. InvalidArgument: it is none; the message begins with
// where, as Prometheus writes it: `1:14: parse error: …`, line and column from 1, columns in bytes.
Result<ExprPtr> ParseExpr(std::string_view text);

// InvalidArgument: the expression's value cannot be that of a range query.
Status CheckTypeForRange(const Expr& expr);

// Parses `name{matchers}` alone, as `match[]` has it, which must have a matcher that does not take
// the empty string. InvalidArgument: as above.
Result<std::vector<Matcher>> ParseSelector(std::string_view text);

}  // namespace rollcall::promql
