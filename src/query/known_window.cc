#include "query/known_window.h"

#include "query/instant_query.h"

namespace rollcall::query {
namespace {

using promql::Expr;

constexpr int64_t kSecond = 1000;

UnixSeconds Seconds(int64_t ms) { return UnixSeconds(std::chrono::seconds(ms / kSecond)); }

}  // namespace

std::optional<Window> WindowOf(int64_t at_ms, int64_t range_ms, UnixSeconds now) {
  if (at_ms <= 0 || at_ms % kSecond != 0 || range_ms % kSecond != 0) return std::nullopt;
  const UnixSeconds at = Seconds(at_ms);
  const std::chrono::seconds range(range_ms / kSecond);
  // The month whose last second, end, or running part `at` is in.
  const Month last = Month::Of(at - std::chrono::seconds(1));
  const UnixSeconds end = last.Plus(1).Start();
  if (at != end && at != end - std::chrono::seconds(1) && at < now - kSlack) return std::nullopt;
  for (const Span span : kSpans) {
    const Window window{last, span};
    if (at - window.first().Start() == range) return window;
    // In the first minutes of a month the range of its queries reaches further back.
    const Evaluation evaluation = EvaluationOf(window, at);
    if (evaluation.at == at && evaluation.range_seconds == range.count()) return window;
  }
  return std::nullopt;
}

const Expr& Bare(const Expr& expr) {
  const Expr* bare = &expr;
  while (const auto* parentheses = std::get_if<promql::Parentheses>(&bare->node)) {
    bare = parentheses->expr.get();
  }
  return *bare;
}

std::optional<WindowMaxima> MaximaIn(const Expr& expr, int64_t at_ms, UnixSeconds now) {
  const auto* call = std::get_if<promql::Call>(&Bare(expr).node);
  if (call == nullptr || call->function->id != promql::FunctionId::kMaxOverTime) {
    return std::nullopt;
  }
  const auto* matrix = std::get_if<promql::MatrixSelector>(&Bare(*call->arguments.front()).node);
  if (matrix == nullptr || matrix->selector.shift.at != promql::TimeShift::At::kNone) {
    return std::nullopt;
  }
  const auto window = WindowOf(at_ms - matrix->selector.shift.offset_ms, matrix->range_ms, now);
  if (!window) return std::nullopt;
  return WindowMaxima{&matrix->selector, *window};
}

}  // namespace rollcall::query
