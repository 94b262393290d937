// The engine: evaluates a parsed PromQL expression over a source of series. Owned by the server or
// a test; thread-safe.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/status.h"
#include "query/promql/ast.h"
#include "query/promql/budget.h"
#include "query/promql/labels.h"
#include "query/promql/series_source.h"
#include "query/promql/value.h"

namespace rollcall::promql {

struct Query {
  const Expr& expr;
  Steps steps;
  bool is_range = false;  // a range query, which gives a matrix
  // How long a sample stands for the instants after it; nullopt: as its source reports.
  std::optional<int64_t> lookback_ms;
  // Of which the expression was parsed: a note tells lines and columns of it.
  std::string_view text = {};
};

struct Point {
  int64_t time = 0;  // Unix milliseconds
  double value = 0;
};

struct ResultSeries {
  Labels labels;
  std::vector<Point> points;  // ascending; one for an element of an instant vector
};

struct QueryResult {
  ValueType type = ValueType::kVector;
  // Of a vector and a matrix. A matrix is sorted by labels; a vector is where nothing in the
  // expression orders it (sort, topk, …).
  std::vector<ResultSeries> series;
  Point scalar;
  std::string text;  // of a string
  // For people; each once. Infos are of what may be a mistake in the query, warnings of data.
  std::vector<std::string> warnings;
  std::vector<std::string> infos;
  std::vector<uint64_t> samples_per_step;  // which were looked at
};

// Returns how much memory a result holds, in bytes.
size_t BytesOf(const QueryResult& result);

class Engine {
 public:
  // `threads`: how many evaluate one query, at least 1. `source` must outlive the engine.
  Engine(SeriesSource& source, unsigned threads);

  // InvalidArgument: the expression cannot be evaluated over this data, or costs more than it may.
  // Unavailable: out of time, or stopped. Others: as the source.
  Result<QueryResult> Evaluate(const Query& query, Budget& budget);

 private:
  SeriesSource& source_;
  const unsigned threads_;
};

}  // namespace rollcall::promql
