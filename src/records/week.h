// Weeks as ISO 8601 counts them: from Monday, and a year's first is the one with its first
// Thursday. UTC. Plain values.
#pragma once

#include <compare>
#include <cstdint>
#include <string>

#include "base/civil_time.h"

namespace rollcall::records {

struct Week {
  uint32_t number = 0;  // counted from the one with 1970-01-01

  static Week Of(Day day) { return {(day.number + kDaysBeforeEpoch) / kDays}; }
  // Returns its Monday; of week 0 the first day there is, a Thursday.
  Day FirstDay() const { return {number == 0 ? 0 : number * kDays - kDaysBeforeEpoch}; }
  std::string ToString() const;  // "2026-W10"
  auto operator<=>(const Week&) const = default;

 private:
  static constexpr uint32_t kDays = 7;
  static constexpr uint32_t kDaysBeforeEpoch = 3;  // Monday to Wednesday of week 0
};

}  // namespace rollcall::records
