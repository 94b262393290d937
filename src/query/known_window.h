// Which expressions of PromQL ask for what is stored of calendar windows. Pure functions.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "base/clock.h"
#include "model/window.h"
#include "query/promql/ast.h"

namespace rollcall::query {

// `max_over_time(metric{…}[w])` over a window that peaks are kept of.
struct WindowMaxima {
  const promql::VectorSelector* selector = nullptr;
  Window window;
};

// Returns the window that an instant and a range in front of it are: a calendar month, or the 3 or
// 12 that end with one, from its first instant to its last second or its end; and of a window that
// has not ended to `now`, give or take kSlack. nullopt: none.
inline constexpr std::chrono::seconds kSlack{5};
std::optional<Window> WindowOf(int64_t at_ms, int64_t range_ms, UnixSeconds now);

// Returns what a call of max_over_time at an instant asks for; nullopt where `expr` is another
// expression, or of no such window.
std::optional<WindowMaxima> MaximaIn(const promql::Expr& expr, int64_t at_ms, UnixSeconds now);

// Returns the expression without parentheses around it.
const promql::Expr& Bare(const promql::Expr& expr);

}  // namespace rollcall::query
