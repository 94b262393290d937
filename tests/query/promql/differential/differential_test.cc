// Generated queries over one random history, asked of our engine and of Debian's Prometheus.
// ROLLCALL_PROMQL_QUERIES says how many, ROLLCALL_PROMQL_SEED which ones.
#include <gtest/gtest.h>

#include <cstdlib>
#include <map>
#include <stop_token>

#include "base/text.h"
#include "query/promql/budget.h"
#include "query/promql/engine.h"
#include "query/promql/parser.h"
#include "tests/query/promql/differential/comparison.h"
#include "tests/query/promql/differential/history.h"
#include "tests/query/promql/differential/query_generator.h"
#include "tests/query/promql/memory_source.h"
#include "tests/support/prometheus.h"

namespace rollcall::promql::test {
namespace {

using ::rollcall::test::Prometheus;

constexpr int64_t kLookbackMs = 5 * 60 * 1000;

uint64_t NumberFrom(const char* variable, uint64_t otherwise) {
  const char* const text = std::getenv(variable);
  return text == nullptr ? otherwise : std::strtoull(text, nullptr, 10);
}

struct GeneratedQuery {
  std::string text;
  bool is_range = false;
  Steps steps;

  std::string Describe() const {
    return text + "\n  from " + std::to_string(steps.start / 1000) + " to " +
           std::to_string(steps.end / 1000) + " step " + std::to_string(steps.step / 1000);
  }
};

GeneratedQuery Generate(QueryGenerator& generator) {
  GeneratedQuery query{generator.Query(), generator.Below(2) == 0, {}};
  const uint64_t seconds = (History::kEndMs - History::kStartMs) / 1000;
  const auto second = static_cast<int64_t>(generator.Below(seconds)) / 5 * 5;
  query.steps.start = History::kStartMs + second * 1000;
  query.steps.end = query.steps.start;
  if (query.is_range) {
    query.steps.step = static_cast<int64_t>(1 + generator.Below(120)) * 5'000;
    query.steps.end += query.steps.step * static_cast<int64_t>(generator.Below(12));
  }
  return query;
}

EngineAnswer AskOurs(Engine& engine, const GeneratedQuery& query) {
  const auto failure = [](const Status& status) {
    return EngineAnswer{true, status.message(), {}};
  };
  const Result<ExprPtr> expr = ParseExpr(query.text);
  if (!expr.ok()) return failure(expr.status());
  if (query.is_range) {
    if (const Status status = CheckTypeForRange(**expr); !status.ok()) return failure(status);
  }
  Budget budget{Limits(), std::stop_token()};
  Result<QueryResult> result =
      engine.Evaluate({**expr, query.steps, query.is_range, kLookbackMs, query.text}, budget);
  if (!result.ok()) return failure(result.status());
  EngineAnswer answer{false, "", *std::move(result)};
  if (query.is_range && answer.result.type == ValueType::kScalar) {
    answer.result.type = ValueType::kMatrix;
  }
  return answer;
}

// The history with values that differ by a few units in the last place.
MemorySource Nearly(const History& history, double factor) {
  MemorySource source;
  for (ResultSeries series : history.series) {
    for (Point& point : series.points) point.value *= factor;
    source.Add(series.labels, series.points);
  }
  return source;
}

EngineAnswer AskPrometheus(Prometheus& prometheus, const GeneratedQuery& query) {
  std::string form = "query=";
  AppendPercentEncoded(query.text, form);
  const auto seconds = [](int64_t ms) { return std::to_string(ms / 1000); };
  if (query.is_range) {
    form += "&start=" + seconds(query.steps.start) + "&end=" + seconds(query.steps.end) +
            "&step=" + seconds(query.steps.step);
  } else {
    form += "&time=" + seconds(query.steps.start);
  }
  return ReadPrometheusAnswer(prometheus.Post(query.is_range ? "query_range" : "query", form).body);
}

TEST(DifferentialTest, GeneratedQueriesGiveWhatPrometheusGives) {
  const uint64_t count = NumberFrom("ROLLCALL_PROMQL_QUERIES", 2'000);
  const uint64_t seed = NumberFrom("ROLLCALL_PROMQL_SEED", 1);
  const History history = MakeHistory(seed);
  MemorySource source;
  for (const ResultSeries& series : history.series) source.Add(series.labels, series.points);
  Engine engine(source, 2);
  MemorySource below = Nearly(history, 1 - 0x1p-46);
  MemorySource above = Nearly(history, 1 + 0x1p-46);
  Engine engine_below(below, 1);
  Engine engine_above(above, 1);
  Prometheus prometheus(WriteOpenMetrics(history));

  QueryGenerator generator(seed);
  uint64_t failed = 0;
  uint64_t empty = 0;
  uint64_t unexplained = 0;
  std::map<std::string, uint64_t> explained;
  uint64_t all_explained = 0;
  for (uint64_t i = 0; i < count; ++i) {
    const GeneratedQuery query = Generate(generator);
    const EngineAnswer ours = AskOurs(engine, query);
    const EngineAnswer theirs = AskPrometheus(prometheus, query);
    failed += theirs.failed;
    empty += theirs.result.type != ValueType::kScalar && theirs.result.series.empty();
    const bool ordered = !query.is_range && query.text.starts_with("sort");
    const std::string difference = Difference(ours, theirs, ordered);
    if (difference.empty()) continue;
    std::string_view why = ExplanationOf(query.text, difference);
    const bool is_steady = Difference(ours, AskOurs(engine_below, query), ordered).empty() &&
                           Difference(ours, AskOurs(engine_above, query), ordered).empty();
    if (why.empty() && !is_steady) {
      why = "the answer hangs on the last digits of the samples: rounding";
    }
    if (!why.empty()) {
      ++explained[std::string(why)];
      ++all_explained;
    } else if (++unexplained <= 20) {
      ADD_FAILURE() << "query " << i << ": " << query.Describe() << "\n  " << difference;
    }
  }
  EXPECT_EQ(unexplained, 0u);
  // What is explained is rare, or it is something else.
  EXPECT_LE(all_explained, 2 + count / 200);
  // Most queries must have something to compare.
  EXPECT_LT(failed, count / 4);
  EXPECT_LT(empty, count / 2);
  RecordProperty("failed", std::to_string(failed));
  RecordProperty("empty", std::to_string(empty));
  for (const auto& [why, times] : explained) {
    std::printf("explained: %s: %llu\n", why.c_str(), static_cast<unsigned long long>(times));
  }
  std::printf("%llu queries, %llu of them fail, %llu give nothing\n",
              static_cast<unsigned long long>(count), static_cast<unsigned long long>(failed),
              static_cast<unsigned long long>(empty));
}

}  // namespace
}  // namespace rollcall::promql::test
