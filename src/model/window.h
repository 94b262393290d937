// A window: a calendar month, or the 3 or 12 that end with one; the totals of a month's three are
// one row. Plain values.
#pragma once

#include <array>
#include <cstddef>

#include "base/civil_time.h"

namespace rollcall {

enum class Span : size_t { kMonth = 0, kQuarter = 1, kYear = 2 };

inline constexpr std::array<Span, 3> kSpans = {Span::kMonth, Span::kQuarter, Span::kYear};

// How many calendar months a span has.
constexpr int MonthsOf(Span span) {
  constexpr std::array<int, 3> kMonths = {1, 3, 12};
  return kMonths[static_cast<size_t>(span)];
}

// The longest window: a report in a month is counted in the windows that end with it or with one of
// the 11 that follow.
inline constexpr int kMaxWindowMonths = MonthsOf(Span::kYear);

struct Window {
  Month last;
  Span span = Span::kMonth;

  Month first() const { return last.Plus(1 - MonthsOf(span)); }
};

}  // namespace rollcall
