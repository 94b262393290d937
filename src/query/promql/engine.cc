#include "query/promql/engine.h"

#include <algorithm>
#include <utility>

#include "query/promql/evaluator.h"
#include "query/promql/subquery.h"
#include "query/promql/vectors.h"

namespace rollcall::promql {
namespace {

// Whether the order of the elements of an instant query's answer is part of it.
bool IsOrdered(const Expr& wrapped) {
  const Expr& expr = Unwrapped(wrapped);
  if (const Call* call = std::get_if<Call>(&expr.node)) {
    return call->function->id == FunctionId::kSort || call->function->id == FunctionId::kSortDesc;
  }
  const Aggregation* aggregation = std::get_if<Aggregation>(&expr.node);
  return aggregation != nullptr &&
         (aggregation->op == AggregateOp::kTopK || aggregation->op == AggregateOp::kBottomK);
}

void SortByLabels(std::vector<ResultSeries>& series) {
  std::sort(series.begin(), series.end(),
            [](const ResultSeries& a, const ResultSeries& b) { return a.labels < b.labels; });
}

// Moves a vector's columns into points. Their memory is charged to `charge`, that of the columns
// given back as they go.
Status MovePoints(Value& value, const Grid& grid, MemoryCharge& charge,
                  std::vector<ResultSeries>& series) {
  series.reserve(value.vector.size());
  for (Column& column : value.vector) {
    ResultSeries one;
    const auto absent = std::count_if(column.values.begin(), column.values.end(), IsAbsent);
    const size_t count = column.values.size() - static_cast<size_t>(absent);
    if (count == 0) continue;
    ROLLCALL_RETURN_IF_ERROR(charge.Take(count * sizeof(Point) + sizeof one));
    one.points.reserve(count);
    for (size_t i = 0; i < column.values.size(); ++i) {
      if (!IsAbsent(column.values[i])) one.points.push_back({grid[i], column.values[i]});
    }
    one.labels = std::move(column.labels);
    std::vector<double>().swap(column.values);
    series.push_back(std::move(one));
  }
  return Status::Ok();
}

}  // namespace

size_t BytesOf(const QueryResult& result) {
  size_t bytes =
      sizeof result + result.text.size() + result.samples_per_step.size() * sizeof(uint64_t);
  for (const ResultSeries& series : result.series) {
    bytes += sizeof series + series.points.size() * sizeof(Point) + BytesOf(series.labels, 0);
  }
  return bytes;
}

Engine::Engine(SeriesSource& source, unsigned threads) : source_(source), threads_(threads) {}

Result<QueryResult> Engine::Evaluate(const Query& query, Budget& budget) {
  Evaluator evaluator(source_, budget, threads_, query);
  ROLLCALL_RETURN_IF_ERROR(budget.Check());
  const Grid grid(query.steps, query.is_range ? query.steps.step : 0);
  Scope scope(grid);
  MemoryCharge charge(budget);
  QueryResult result;
  if (query.expr.type == ValueType::kMatrix) {
    result.type = ValueType::kMatrix;
    Result<std::vector<ResultSeries>> series =
        SamplesOfRange(evaluator, Unwrapped(query.expr), scope, charge);
    if (!series.ok()) return series.status();
    result.series = std::move(*series);
    SortByLabels(result.series);
  } else {
    Result<Value> value = evaluator.Evaluate(query.expr, scope);
    if (!value.ok()) return value.status();
    result.type = query.is_range ? ValueType::kMatrix : query.expr.type;
    if (query.expr.type == ValueType::kScalar && query.is_range) {
      value->vector.push_back({Labels(), std::move(value->scalar)});
    } else if (query.expr.type == ValueType::kScalar) {
      result.scalar = {query.steps.start, value->scalar[0]};
    } else if (query.expr.type == ValueType::kString) {
      result.scalar.time = query.steps.start;
      result.text = std::move(value->text);
    }
    ROLLCALL_RETURN_IF_ERROR(MovePoints(*value, grid, charge, result.series));
    if (query.is_range || !IsOrdered(query.expr)) SortByLabels(result.series);
  }
  result.warnings = evaluator.notes().Warnings();
  result.infos = evaluator.notes().Infos();
  result.samples_per_step = std::move(scope.samples);
  return result;
}

}  // namespace rollcall::promql
