// A period: the stretch of whole days that is counted as one. A day, a window, a window cut short
// after a day, or 30 days. A plain value.
#pragma once

#include <compare>
#include <cstdint>
#include <string>

#include "model/window.h"

namespace rollcall {

struct Period {
  // On disk (storage/FORMAT.md, "periods").
  enum class Kind : uint8_t {
    kDay = 0,
    kMonth = 1,
    kQuarter = 3,
    kYear = 12,
    k30Days = 30,
    // A window up to and with one day of its last month.
    kCutMonth = 0x80 + 1,
    kCutQuarter = 0x80 + 3,
    kCutYear = 0x80 + 12,
  };

  Kind kind = Kind::kDay;
  uint32_t last = 0;  // the number of a whole window's last month, else of the last day

  static Period Of(Day day) { return {Kind::kDay, day.number}; }
  static Period Of(Window window) {
    return {static_cast<Kind>(MonthsOf(window.span)), window.last.number};
  }
  static Period Last30(Day last) { return {Kind::k30Days, last.number}; }
  // The window up to and with `last`, a day of its last month.
  static Period Cut(Span span, Day last) {
    if (last == Month::Of(last).LastDay()) return Of(Window{Month::Of(last), span});
    return {static_cast<Kind>(kCut + MonthsOf(span)), last.number};
  }

  bool is_day() const { return kind == Kind::kDay; }
  // Whether it is whole months.
  bool is_window() const { return months() > 0 && !is_cut(); }
  bool is_cut() const { return static_cast<uint8_t>(kind) >= kCut; }
  // How many calendar months a window has, cut or not; 0 for a day and for 30 days.
  int months() const {
    if (kind == Kind::kDay || kind == Kind::k30Days) return 0;
    return static_cast<uint8_t>(kind) % kCut;
  }
  Month last_month() const { return is_window() ? Month{last} : Month::Of(Day{last}); }
  Month first_month() const {
    return months() > 0 ? last_month().Plus(1 - months()) : Month::Of(first_day());
  }
  Day first_day() const {
    if (is_day()) return Day{last};
    if (kind == Kind::k30Days) return Day{last < 29 ? 0 : last - 29};
    return first_month().FirstDay();
  }
  Day last_day() const { return is_window() ? last_month().LastDay() : Day{last}; }
  // The first instant after it.
  UnixSeconds End() const { return Day{last_day().number + 1}.Start(); }
  // "2026-03-07", "2026-03", "2026-03 and the 2 months before", "2026-02-06 to 2026-03-07".
  std::string ToString() const {
    if (is_day()) return Day{last}.ToString();
    if (!is_window()) return first_day().ToString() + " to " + last_day().ToString();
    const std::string text = Month{last}.ToString();
    if (months() == 1) return text;
    return text + " and the " + std::to_string(months() - 1) + " months before";
  }

  auto operator<=>(const Period&) const = default;

 private:
  static constexpr uint8_t kCut = 0x80;
};

}  // namespace rollcall
