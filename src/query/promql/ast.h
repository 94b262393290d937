// A PromQL expression as a tree, as the parser makes it: typed, with its place in the text.
// Immutable once parsed; any number of threads may read one.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <variant>
#include <vector>

#include "query/promql/functions.h"
#include "query/promql/matcher.h"

namespace rollcall::promql {

struct Expr;
using ExprPtr = std::unique_ptr<Expr>;

// Bytes of the query's text, from `begin` (inclusive) to `end` (exclusive).
struct Place {
  size_t begin = 0;
  size_t end = 0;
};

// `offset 5m`, `@ 1609746000`, `@ start()`, `@ end()`.
struct TimeShift {
  enum class At { kNone, kInstant, kStart, kEnd };
  int64_t offset_ms = 0;  // positive: into the past
  At at = At::kNone;
  int64_t at_ms = 0;  // of kInstant: Unix time
};

struct NumberLiteral {
  double value = 0;
  bool is_duration = false;  // was written as `5m`; printed as one
};

struct StringLiteral {
  std::string value;
};

// `name{matchers}`, with its shift.
struct VectorSelector {
  std::string name;               // "" where none stands in front of the braces
  std::vector<Matcher> matchers;  // all, that of the name among them
  TimeShift shift;
};

// `selector[5m]`. Its shift is the selector's.
struct MatrixSelector {
  VectorSelector selector;
  int64_t range_ms = 0;  // positive
};

// `expression[1h:5m]`.
struct Subquery {
  ExprPtr expr;  // an instant vector
  int64_t range_ms = 0;
  std::optional<int64_t> step_ms;  // nullopt: the default, one minute
  TimeShift shift;
};

enum class AggregateOp {
  kAvg,
  kBottomK,
  kCount,
  kCountValues,
  kGroup,
  kMax,
  kMin,
  kQuantile,
  kStddev,
  kStdvar,
  kSum,
  kTopK,
};

struct Aggregation {
  AggregateOp op = AggregateOp::kSum;
  ExprPtr parameter;  // of topk, bottomk, quantile (scalar) and count_values (string); else null
  ExprPtr expr;
  std::vector<std::string> grouping;  // as written, without repetitions
  bool without = false;               // of `by`, and where neither stands: false
};

struct Call {
  const Function* function = nullptr;
  std::vector<ExprPtr> arguments;
};

enum class BinaryOp {
  kAdd,
  kSubtract,
  kMultiply,
  kDivide,
  kModulo,
  kPower,
  kAtan2,
  kEqual,
  kNotEqual,
  kLess,
  kLessOrEqual,
  kGreater,
  kGreaterOrEqual,
  kAnd,
  kOr,
  kUnless,
};

inline bool IsComparison(BinaryOp op) {
  return op >= BinaryOp::kEqual && op <= BinaryOp::kGreaterOrEqual;
}
inline bool IsSetOperator(BinaryOp op) { return op >= BinaryOp::kAnd; }

// How the elements of two vectors find each other.
struct VectorMatching {
  enum class Cardinality { kOneToOne, kManyToOne, kOneToMany, kManyToMany };
  Cardinality cardinality =
      Cardinality::kOneToOne;  // many to one: group_left; many to many: and, or, unless
  bool on = false;             // else `ignoring`, of `labels`, which may be empty
  std::vector<std::string> labels;
  std::vector<std::string> include;  // those in the parentheses of group_left, group_right
};

struct Binary {
  BinaryOp op = BinaryOp::kAdd;
  ExprPtr left;
  ExprPtr right;
  bool returns_bool = false;
  std::optional<VectorMatching> matching;  // where both sides are vectors
};

// `-expr`; `+expr` is its operand.
struct Negation {
  ExprPtr expr;
};

struct Parentheses {
  ExprPtr expr;
};

struct Expr {
  ValueType type = ValueType::kScalar;
  Place place;
  int depth = 1;  // of the tree from here on, at most kMaxDepth
  std::variant<NumberLiteral, StringLiteral, VectorSelector, MatrixSelector, Subquery, Aggregation,
               Call, Binary, Negation, Parentheses>
      node;
};

// Returns the expression as PromQL on one line, which parses to the same tree.
std::string ToString(const Expr& expr);

// Returns the expression as PromQL in the form that Prometheus' format_query gives: what is longer
// than 100 bytes stands on several lines, indented by two blanks for each level.
std::string PrettyPrint(const Expr& expr);

}  // namespace rollcall::promql
