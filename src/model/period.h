// A period that is counted as a whole: one day, or the months of a window.
#pragma once

#include <compare>
#include <cstdint>
#include <string>

#include "model/window.h"

namespace rollcall {

struct Period {
  uint8_t months = 0;  // 0: a day
  uint32_t last = 0;   // the day's number, or that of the window's last month

  static Period Of(Day day) { return {0, day.number}; }
  static Period Of(Window window) {
    return {static_cast<uint8_t>(MonthsOf(window.span)), window.last.number};
  }

  bool is_day() const { return months == 0; }
  // Of a window.
  Month last_month() const { return Month{last}; }
  Month first_month() const { return Month{last}.Plus(1 - months); }
  // The first instant after it.
  UnixSeconds End() const { return is_day() ? Day{last + 1}.Start() : Month{last + 1}.Start(); }
  // "2026-03-07", "2026-03", "2026-03 and the 2 months before".
  std::string ToString() const {
    if (is_day()) return Day{last}.ToString();
    const std::string text = Month{last}.ToString();
    return months == 1 ? text : text + " and the " + std::to_string(months - 1) + " months before";
  }

  auto operator<=>(const Period&) const = default;
};

}  // namespace rollcall
