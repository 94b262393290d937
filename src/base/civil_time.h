// Calendar days and months in UTC, as numbers that sort, and their text forms. Plain values.
#pragma once

#include <chrono>
#include <compare>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "base/clock.h"

namespace rollcall {

inline constexpr int64_t kMsPerDay = 86'400'000;
// 9999-12-31T23:59:59Z: the last second of what Month has a number for.
inline constexpr int64_t kLastSecond = 253'402'300'799;

// A calendar day, counted from 1970-01-01 (day 0).
struct Day {
  uint32_t number = 0;

  static Day Of(UnixSeconds t);
  UnixSeconds Start() const;
  // Reads "2026-03-07". Returns nullopt for any other form, and for a day before 1970.
  static std::optional<Day> Parse(std::string_view text);
  std::string ToString() const;  // "2026-03-07"
  auto operator<=>(const Day&) const = default;
};

// A calendar month, counted from January of year 0: year * 12 + (month - 1).
struct Month {
  uint32_t number = 0;

  // Requires `year` in 0..9999 and `month` in 1..12.
  static Month FromYearMonth(int year, unsigned month);
  static Month Of(UnixSeconds t);
  static Month Of(Day d);
  // Reads "2026-03". Returns nullopt for any other form.
  static std::optional<Month> Parse(std::string_view text);

  int year() const { return static_cast<int>(number / 12); }
  unsigned month() const { return number % 12 + 1; }  // 1..12
  Month Plus(int months) const {
    return {static_cast<uint32_t>(static_cast<int>(number) + months)};
  }
  Day FirstDay() const;
  Day LastDay() const;
  UnixSeconds Start() const { return FirstDay().Start(); }
  std::string ToString() const;  // "2026-03"
  std::string Label() const;     // "March 2026"
  auto operator<=>(const Month&) const = default;
};

// Returns "2026-04-01T07:01:00Z" (RFC 3339, UTC).
std::string FormatRfc3339(UnixSeconds t);
// Reads what FormatRfc3339 writes, and the same with an offset or a fraction of a second, which is
// cut to milliseconds: "2026-04-01T00:01:00.25-07:00". Returns nullopt for anything else, leap
// seconds included.
std::optional<UnixMilliseconds> ParseRfc3339(std::string_view text);

}  // namespace rollcall
