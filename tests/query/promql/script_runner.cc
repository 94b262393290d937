#include "tests/query/promql/script_runner.h"

#include <algorithm>
#include <charconv>
#include <cmath>
#include <stop_token>

#include "query/promql/budget.h"
#include "query/promql/engine.h"
#include "query/promql/parser.h"
#include "tests/query/promql/memory_source.h"

namespace rollcall::promql::test {
namespace {

constexpr int64_t kScriptLookbackMs = 5 * 60 * 1000;
constexpr int64_t kMinuteMs = 60 * 1000;

std::string Text(double value) {
  if (std::isnan(value)) return "NaN";
  std::array<char, 32> buffer;
  return {buffer.data(), std::to_chars(buffer.data(), buffer.data() + buffer.size(), value).ptr};
}

bool IsNear(double a, double b) {
  if (std::isnan(a) || std::isnan(b)) return std::isnan(a) && std::isnan(b);
  if (a == b) return true;
  if (std::isinf(a) || std::isinf(b)) return false;
  return std::abs(a - b) <= std::max(1e-15, 1e-12 * std::max(std::abs(a), std::abs(b)));
}

bool IsNear(const ScriptSeries& a, const ScriptSeries& b) {
  return a.labels == b.labels &&
         std::ranges::equal(a.values, b.values, [](const auto& x, const auto& y) {
           return x.has_value() == y.has_value() && (!x || IsNear(*x, *y));
         });
}

std::string Text(const std::vector<ScriptSeries>& all) {
  std::string text;
  for (const ScriptSeries& series : all) {
    text += "\n    " + series.labels.ToString();
    for (const auto& value : series.values) text += ' ' + (value ? Text(*value) : "_");
  }
  return text.empty() ? " nothing" : text;
}

// What the engine gave, in the form of a script.
struct Answer {
  Status status;
  QueryResult result;
  std::vector<ScriptSeries> series;
};

std::vector<ScriptSeries> SeriesOf(const QueryResult& result, const Steps& steps) {
  std::vector<ScriptSeries> all;
  for (const ResultSeries& one : result.series) {
    ScriptSeries series{one.labels, std::vector<std::optional<double>>(steps.count())};
    for (const Point& point : one.points) {
      const auto step = static_cast<size_t>((point.time - steps.start) / steps.step);
      if (step < series.values.size()) series.values[step] = point.value;
    }
    all.push_back(std::move(series));
  }
  return all;
}

class Runner {
 public:
  ScriptOutcome Run(const std::vector<ScriptStep>& steps) {
    for (const ScriptStep& step : steps) {
      switch (step.kind) {
        case ScriptStep::Kind::kClear:
          source_ = MemorySource();
          break;
        case ScriptStep::Kind::kLoad:
          Load(step.load);
          break;
        case ScriptStep::Kind::kEvaluate:
          Check(step.evaluation);
          break;
      }
    }
    return std::move(outcome_);
  }

 private:
  void Load(const ScriptLoad& load) {
    for (const ScriptSeries& series : load.series) {
      std::vector<Point> points;
      for (size_t i = 0; i < series.values.size(); ++i) {
        if (!series.values[i]) continue;
        points.push_back({static_cast<int64_t>(i) * load.step_ms, *series.values[i]});
      }
      source_.Add(series.labels, std::move(points));
    }
  }

  void Check(const ScriptEvaluation& wanted) {
    ++outcome_.evaluations;
    const Result<ExprPtr> expr = ParseExpr(wanted.expr);
    if (!expr.ok()) return CheckFailure(wanted, expr.status());
    if (wanted.is_range) {
      if (const Status status = CheckTypeForRange(**expr); !status.ok()) {
        return CheckFailure(wanted, status);
      }
    }
    const Steps steps{wanted.start_ms, wanted.end_ms, wanted.step_ms};
    for (const unsigned threads : {1u, 3u}) {
      CheckAnswer(wanted, Evaluate(**expr, wanted, steps, wanted.is_range, threads), threads);
    }
    const bool has_steps = wanted.expr.find("@") != std::string::npos;
    if (!wanted.is_range && !wanted.ordered && !has_steps && CheckTypeForRange(**expr).ok()) {
      CheckMiddle(wanted, **expr);
    }
  }

  Answer Evaluate(const Expr& expr, const ScriptEvaluation& wanted, const Steps& steps,
                  bool is_range, unsigned threads) {
    Budget budget{Limits(), std::stop_token()};
    Engine engine(source_, threads);
    Result<QueryResult> result =
        engine.Evaluate({expr, steps, is_range, kScriptLookbackMs, wanted.expr}, budget);
    if (!result.ok()) return {result.status(), {}, {}};
    std::vector<ScriptSeries> series = SeriesOf(*result, steps);
    return {Status::Ok(), *std::move(result), std::move(series)};
  }

  void CheckFailure(const ScriptEvaluation& wanted, const Status& status) {
    if (!wanted.fails) return Fail(wanted, "fails: " + status.message());
    if (status.message().find(wanted.message) == std::string::npos) {
      Fail(wanted, "wants the error " + wanted.message + ", is " + status.message());
    }
  }

  void CheckAnswer(const ScriptEvaluation& wanted, const Answer& answer, unsigned threads) {
    if (!answer.status.ok()) return CheckFailure(wanted, answer.status);
    if (wanted.fails) return Fail(wanted, "wants an error, is" + Text(answer.series));
    CheckNotes(wanted, answer.result);
    const std::string by = threads == 1 ? "" : " by several threads";
    if (wanted.scalar && !wanted.is_range) {
      if (answer.result.type != ValueType::kScalar ||
          !IsNear(*wanted.scalar, answer.result.scalar.value)) {
        Fail(wanted, "wants " + Text(*wanted.scalar) + ", is " + Text(answer.result.scalar.value) +
                         Text(answer.series) + by);
      }
    } else if (wanted.text) {
      if (answer.result.type != ValueType::kString || *wanted.text != answer.result.text) {
        Fail(wanted, "wants " + *wanted.text + ", is " + answer.result.text + by);
      }
    } else if (!IsWanted(wanted, answer.series, wanted.ordered)) {
      Fail(wanted, "wants" + Text(wanted.series) + "\n  is" + Text(answer.series) + by);
    }
  }

  static bool IsWanted(const ScriptEvaluation& wanted, std::vector<ScriptSeries> is, bool ordered) {
    std::vector<ScriptSeries> want = wanted.series;
    if (!ordered) {
      std::ranges::sort(want, {}, &ScriptSeries::labels);
      std::ranges::sort(is, {}, &ScriptSeries::labels);
    }
    return std::ranges::equal(want, is, [](const auto& a, const auto& b) { return IsNear(a, b); });
  }

  void CheckNotes(const ScriptEvaluation& wanted, const QueryResult& result) {
    if (wanted.warns && *wanted.warns == result.warnings.empty()) {
      Fail(wanted, result.warnings.empty() ? "does not warn" : "warns: " + result.warnings[0]);
    }
    if (wanted.informs && *wanted.informs == result.infos.empty()) {
      Fail(wanted, result.infos.empty() ? "tells nothing" : "tells: " + result.infos[0]);
    }
  }

  // The same instant as the middle one of three.
  void CheckMiddle(const ScriptEvaluation& wanted, const Expr& expr) {
    const Steps steps{wanted.start_ms - kMinuteMs, wanted.start_ms + kMinuteMs, kMinuteMs};
    const Answer answer = Evaluate(expr, wanted, steps, true, 1);
    // What fails at the instant fails as a step; a neighbour may fail where the instant does not.
    if (!answer.status.ok()) return;
    if (wanted.fails) return Fail(wanted, "wants an error, a range query has none");
    std::vector<ScriptSeries> middle;
    for (const ScriptSeries& series : answer.series) {
      if (!series.values[1]) continue;
      middle.push_back({series.labels, {series.values[1]}});
    }
    ScriptEvaluation same = wanted;
    if (wanted.scalar) same.series = {{Labels(), {wanted.scalar}}};
    if (!IsWanted(same, middle, false)) {
      Fail(wanted, "wants" + Text(same.series) + "\n  in a range query it is" + Text(middle));
    }
  }

  void Fail(const ScriptEvaluation& wanted, const std::string& how) {
    outcome_.failures.push_back("line " + std::to_string(wanted.line) + ": " + wanted.expr + ": " +
                                how);
  }

  MemorySource source_;
  ScriptOutcome outcome_;
};

}  // namespace

ScriptOutcome RunScript(const std::vector<ScriptStep>& steps) { return Runner().Run(steps); }

}  // namespace rollcall::promql::test
