// One query's evaluation: from an expression and a grid of instants to a value for each of them.
// Each kind of expression has its work in a file of its own, as functions that take the evaluator.
// Owned by Engine::Evaluate; one thread, which starts others for the parts of a selection.
#pragma once

#include <string>
#include <vector>

#include "base/status.h"
#include "query/promql/ast.h"
#include "query/promql/engine.h"
#include "query/promql/grid.h"
#include "query/promql/memory_charge.h"
#include "query/promql/notes.h"
#include "query/promql/series_source.h"
#include "query/promql/value.h"

namespace rollcall::promql {

// What an expression evaluates to. A scalar has a number for each instant.
struct Value {
  explicit Value(Budget& budget) : charge(budget) {}

  ValueType type = ValueType::kVector;
  Vector vector;
  std::vector<double> scalar;
  std::string text;
  MemoryCharge charge;  // of `vector` and `scalar`
};

// The instants of an evaluation, and what was looked at for each.
struct Scope {
  explicit Scope(const Grid& g) : grid(g), samples(g.size()) {}

  const Grid& grid;
  std::vector<uint64_t> samples;
};

class Evaluator {
 public:
  Evaluator(SeriesSource& source, Budget& budget, unsigned threads, const Query& query)
      : source_(source),
        budget_(budget),
        threads_(threads),
        steps_(query.steps),
        lookback_ms_(query.lookback_ms),
        notes_(query.text) {}

  // Evaluates an expression that is not a range vector. Fails as Engine::Evaluate.
  Result<Value> Evaluate(const Expr& expr, Scope& scope);
  // The same of one that is a scalar.
  Result<std::vector<double>> EvaluateScalar(const Expr& expr, Scope& scope);
  // Returns what the source knows without samples.
  Result<std::optional<Value>> Known(const Expr& expr, const Scope& scope);

  // Returns the instants that a selector or subquery means: with its offset and @.
  std::vector<int64_t> Shifted(const TimeShift& shift, const Grid& grid) const;

  // Returns the parts of a selection; `request`'s lookback is that of the query.
  Result<std::vector<std::unique_ptr<SeriesPart>>> Select(SelectRequest request);

  Budget& budget() { return budget_; }
  Notes& notes() { return notes_; }
  unsigned threads() const { return threads_; }

 private:
  Result<Value> EvaluateNode(const Expr& expr, Scope& scope);
  // Of an expression whose value is the same at all instants.
  Result<Value> EvaluateOnce(const Expr& expr, Scope& scope);

  SeriesSource& source_;
  Budget& budget_;
  const unsigned threads_;
  const Steps steps_;  // of the whole query
  const std::optional<int64_t> lookback_ms_;
  Notes notes_;
};

// Returns the expression within parentheses.
const Expr& Unwrapped(const Expr& expr);

// Returns whether the expression has the same value at all instants.
bool IsInvariant(const Expr& expr);

// The kinds of expressions, each in a file of its own name. They fail as Engine::Evaluate.
Result<Value> EvaluateAggregation(Evaluator& evaluator, const Aggregation& aggregation,
                                  Scope& scope);
Result<Value> EvaluateBinary(Evaluator& evaluator, const Binary& binary, Scope& scope);
Result<Value> EvaluateCall(Evaluator& evaluator, const Call& call, Scope& scope);
// Of a range function whose range is a subquery.
Result<Value> EvaluateOverSubquery(Evaluator& evaluator, const Call& call, Scope& scope);

}  // namespace rollcall::promql
