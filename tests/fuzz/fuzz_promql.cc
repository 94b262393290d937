// Any bytes as a query. What must hold whatever they are:
//  - there is an answer: a tree, or an error with its place;
//  - a tree is printed as a query that parses to a tree with the same print, on one line and on
//    several;
//  - it has a value over a few series, or an error, within a budget, at an instant and over a
//  range:
//    one point at most for a step, no labels twice, and the same however many threads evaluate it.
#include <algorithm>
#include <bit>
#include <cmath>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <limits>
#include <stop_token>
#include <string>
#include <string_view>
#include <vector>

#include "query/promql/budget.h"
#include "query/promql/engine.h"
#include "query/promql/parser.h"
#include "tests/query/promql/memory_source.h"

namespace rollcall::promql {
namespace {

void Require(bool holds, const char* what) {
  if (holds) return;
  std::fprintf(stderr, "fuzz_promql: does not hold: %s\n", what);
  std::abort();
}

void CheckPrint(const std::string& printed, const std::string& line) {
  // What is written in full may be longer than a query may be.
  if (printed.size() > kMaxQueryBytes) return;
  const Result<ExprPtr> again = ParseExpr(printed);
  Require(again.ok(), "what is printed parses");
  Require(ToString(**again) == line, "what is printed parses to the same tree");
}

test::MemorySource MakeSource() {
  constexpr double kValues[] = {1,
                                1,
                                1,
                                2.5,
                                -3,
                                0,
                                std::numeric_limits<double>::quiet_NaN(),
                                7,
                                8,
                                std::numeric_limits<double>::infinity(),
                                1e300};
  test::MemorySource source;
  for (const char* const name : {"a", "b", "foo", "b_bucket"}) {
    for (const char* const label : {"x", "y", "0.5", "+Inf"}) {
      std::vector<Point> points;
      for (size_t i = 0; i < std::size(kValues); ++i) {
        points.push_back({static_cast<int64_t>(i) * 60'000 + name[0], kValues[i] + label[0]});
      }
      source.Add(Labels({{"__name__", name}, {"le", label}, {"a", label}}), points);
    }
  }
  return source;
}

// What is evaluated to, as bits; all NaNs are one.
std::string Value(const Result<QueryResult>& result) {
  if (!result.ok()) return "error";
  std::string text = result->text;
  const auto add = [&](const Point& point) {
    const uint64_t bits = std::isnan(point.value) ? 1 : std::bit_cast<uint64_t>(point.value);
    text += ' ' + std::to_string(point.time) + ':' + std::to_string(bits);
  };
  if (result->type == ValueType::kScalar) add(result->scalar);
  for (const ResultSeries& series : result->series) {
    text += '\n' + series.labels.ToString();
    for (const Point& point : series.points) add(point);
  }
  return text;
}

Result<QueryResult> Evaluate(std::string_view text, const Expr& expr, const Steps& steps,
                             unsigned threads, const Limits& limits) {
  static test::MemorySource source = MakeSource();
  Budget budget(limits, std::stop_token());
  Engine engine(source, threads);
  return engine.Evaluate({expr, steps, steps.count() > 1, std::nullopt, text}, budget);
}

void CheckSeries(const Result<QueryResult>& result, size_t steps) {
  if (!result.ok()) {
    Require(!result.status().message().empty(), "an error says why");
    return;
  }
  std::vector<Labels> labels;
  for (const ResultSeries& series : result->series) {
    Require(!series.points.empty(), "a series has points");
    Require(result->type == ValueType::kMatrix || series.points.size() <= steps,
            "a series has a point for a step");
    Require(std::ranges::is_sorted(series.points, {}, &Point::time), "points are in their order");
    labels.push_back(series.labels);
  }
  std::ranges::sort(labels);
  Require(std::ranges::adjacent_find(labels) == labels.end(), "no two series have the same labels");
}

void CheckValue(std::string_view text, const Expr& expr) {
  Limits limits;
  limits.samples = 100'000;
  limits.series = 1'000;
  limits.memory_bytes = 4 << 20;
  const Steps instant{480'000, 480'000, 1};
  const Result<QueryResult> value = Evaluate(text, expr, instant, 1, limits);
  CheckSeries(value, 1);
  if (!CheckTypeForRange(expr).ok()) return;
  const Steps range{0, 960'000, 480'000};
  const Result<QueryResult> one = Evaluate(text, expr, range, 1, limits);
  const Result<QueryResult> three = Evaluate(text, expr, range, 3, limits);
  CheckSeries(one, 3);
  // Where a limit is met depends on which thread gets there first.
  if (one.ok() && three.ok()) Require(Value(one) == Value(three), "threads change nothing");
}

void Check(std::string_view text) {
  const Result<std::vector<Matcher>> selector = ParseSelector(text);
  const Result<ExprPtr> expr = ParseExpr(text);
  if (!expr.ok()) {
    Require(!selector.ok(), "a selector is an expression");
    Require(expr.status().message().find(": parse error: ") != std::string::npos,
            "an error has a place");
    return;
  }
  const std::string line = ToString(**expr);
  CheckPrint(line, line);
  CheckPrint(PrettyPrint(**expr), line);
  CheckValue(text, **expr);
}

}  // namespace
}  // namespace rollcall::promql

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  const std::vector<char> text(data, data + size);
  rollcall::promql::Check({text.data(), text.size()});
  return 0;
}
