#include "query/promql/subquery.h"

#include <algorithm>
#include <bit>
#include <utility>

#include "query/promql/part_visit.h"
#include "query/promql/vectors.h"

namespace rollcall::promql {
namespace {

constexpr int64_t kDefaultStepMs = 60'000;

// The largest multiple of `step` that is at most `time`.
int64_t AlignDown(int64_t time, int64_t step) {
  const int64_t rest = time % step;
  return Minus(time - rest, rest < 0 ? step : 0);
}

// The multiples of the step in any window, ascending; charged before they are made.
Result<std::vector<int64_t>> InstantsOf(const SubqueryValues& windows, int64_t step, Budget& budget,
                                        MemoryCharge& charge) {
  std::vector<int64_t> instants;
  for (size_t i = 0; i < windows.ends.size(); ++i) {
    const int64_t last = AlignDown(windows.ends[i], step);
    int64_t first = Minus(AlignDown(windows.starts[i], step), -step);
    if (!instants.empty()) first = std::max(first, Minus(instants.back(), -step));
    if (first > last) continue;
    const auto count = static_cast<uint64_t>(Minus(last, first) / step) + 1;
    ROLLCALL_RETURN_IF_ERROR(budget.TakeSamples(count));
    ROLLCALL_RETURN_IF_ERROR(charge.Take(count * sizeof(int64_t)));
    for (uint64_t n = 0; n < count; ++n) instants.push_back(first + static_cast<int64_t>(n) * step);
  }
  return instants;
}

ResultSeries PointsOf(const SeriesView& series, int64_t after, int64_t to) {
  ResultSeries result;
  result.labels = series.labels;
  for (const Run& run : series.runs) {
    for (uint32_t i = run.begin; i < run.end; ++i) {
      if (series.times[i] > after && series.times[i] <= to) {
        result.points.push_back({series.times[i], run.value});
      }
    }
  }
  return result;
}

}  // namespace

Result<SubqueryValues> EvaluateSubquery(Evaluator& evaluator, const Subquery& subquery,
                                        Scope& scope) {
  SubqueryValues values{Grid(std::vector<int64_t>(), 0), Value(evaluator.budget()), {}, {}};
  values.ends = evaluator.Shifted(subquery.shift, scope.grid);
  for (const int64_t end : values.ends) values.starts.push_back(Minus(end, subquery.range_ms));
  const int64_t step = subquery.step_ms.value_or(0) > 0 ? *subquery.step_ms : kDefaultStepMs;
  Result<std::vector<int64_t>> instants =
      InstantsOf(values, step, evaluator.budget(), values.value.charge);
  if (!instants.ok()) return instants.status();
  values.grid = Grid(std::move(*instants), step);
  if (values.grid.size() == 0) return values;
  Scope inner(values.grid);
  Result<Value> value = evaluator.Evaluate(*subquery.expr, inner);
  if (!value.ok()) return value.status();
  if (value->type == ValueType::kScalar) {
    value->vector.push_back({Labels(), std::move(value->scalar)});
  }
  value->charge.Absorb(values.value.charge);
  values.value = std::move(*value);
  return values;
}

Status VisitAsSeries(const Vector& vector, const Grid& grid,
                     const std::function<Status(const SeriesView&)>& visit) {
  std::vector<Run> runs;
  for (const Column& column : vector) {
    runs.clear();
    for (uint32_t i = 0; i < column.values.size(); ++i) {
      const double value = column.values[i];
      if (IsAbsent(value)) continue;
      if (!runs.empty() && runs.back().end == i &&
          std::bit_cast<uint64_t>(runs.back().value) == std::bit_cast<uint64_t>(value)) {
        ++runs.back().end;
      } else {
        runs.push_back({i, i + 1, value});
      }
    }
    if (runs.empty()) continue;
    ROLLCALL_RETURN_IF_ERROR(visit({.labels = column.labels,
                                    .times = grid.times(),
                                    .runs = runs,
                                    .lookback_ms = 0,
                                    .axis = 1}));
  }
  return Status::Ok();
}

Result<Value> EvaluateOverSubquery(Evaluator& evaluator, const Call& call, Scope& scope) {
  PartWork work;
  std::vector<std::vector<double>> parameters;
  const Subquery* subquery = nullptr;
  for (const ExprPtr& argument : call.arguments) {
    if (argument->type == ValueType::kMatrix) {
      subquery = &std::get<Subquery>(Unwrapped(*argument).node);
      work.range_place = argument->place;
      continue;
    }
    Result<std::vector<double>> parameter = evaluator.EvaluateScalar(*argument, scope);
    if (!parameter.ok()) return parameter.status();
    if (parameters.empty()) work.parameter_place = argument->place;
    parameters.push_back(std::move(*parameter));
  }
  const Result<SubqueryValues> inner = EvaluateSubquery(evaluator, *subquery, scope);
  if (!inner.ok()) return inner.status();
  work.starts = inner->starts;
  work.ends = inner->ends;
  work.instants = scope.grid.times();
  work.function = RangeFunctionOf(call.function->id);
  work.function_id = call.function->id;
  work.parameters = parameters;
  SeriesWork series_work(evaluator, work);
  ColumnCollector collector(evaluator.budget(), call.function->id == FunctionId::kLastOverTime);
  ROLLCALL_RETURN_IF_ERROR(
      VisitAsSeries(inner->value.vector, inner->grid,
                    [&](const SeriesView& series) { return series_work.Take(series, collector); }));
  for (size_t i = 0; i < scope.samples.size(); ++i) scope.samples[i] += series_work.samples()[i];
  RemoveEmpty(collector.value().vector);
  ROLLCALL_RETURN_IF_ERROR(CheckLabelsDiffer(collector.value().vector));
  return std::move(collector.value());
}

Result<std::vector<ResultSeries>> SamplesOfRange(Evaluator& evaluator, const Expr& expr,
                                                 Scope& scope, MemoryCharge& charge) {
  std::vector<ResultSeries> result;
  const auto keep = [&](const SeriesView& series, int64_t after, int64_t to) {
    ResultSeries one = PointsOf(series, after, to);
    if (one.points.empty()) return Status::Ok();
    ROLLCALL_RETURN_IF_ERROR(charge.Take(sizeof one + one.points.size() * sizeof(Point)));
    scope.samples[0] += one.points.size();
    result.push_back(std::move(one));
    return Status::Ok();
  };
  if (const Subquery* subquery = std::get_if<Subquery>(&expr.node)) {
    const Result<SubqueryValues> values = EvaluateSubquery(evaluator, *subquery, scope);
    if (!values.ok()) return values.status();
    ROLLCALL_RETURN_IF_ERROR(
        VisitAsSeries(values->value.vector, values->grid, [&](const SeriesView& series) {
          return keep(series, values->starts[0], values->ends[0]);
        }));
    return result;
  }
  const MatrixSelector& matrix = std::get<MatrixSelector>(expr.node);
  const int64_t to = evaluator.Shifted(matrix.selector.shift, scope.grid)[0];
  const int64_t after = Minus(to, matrix.range_ms);
  auto parts = evaluator.Select({.matchers = matrix.selector.matchers,
                                 .after = after,
                                 .to = to,
                                 .latest = false,
                                 .step_ms = 0,
                                 .lookback_ms = {}});
  if (!parts.ok()) return parts.status();
  for (const std::unique_ptr<SeriesPart>& part : *parts) {
    ROLLCALL_RETURN_IF_ERROR(
        part->Visit([&](const SeriesView& series) { return keep(series, after, to); }));
  }
  return result;
}

}  // namespace rollcall::promql
