// The rule by which a store's time follows the wall clock: a pure function of what the store keeps
// of its time and one look at the clock. storage/store_time owns the record and does the looking.
//
// No single reading is trusted with what cannot be undone. A step of up to a day either way is
// ordinary: a restart, a correction, a wrong time zone; retention works in months, so a day does no
// harm. A larger step ahead is trusted once the process has been up for a day and the clock has run
// steadily meanwhile, and a step of more than 45 days never: then a person has to confirm it. The
// store's time never goes back by itself, except that of a new store in its first day, which
// nothing depends on yet.
#pragma once

#include <chrono>
#include <optional>

#include "base/clock.h"

namespace rollcall::storage {

// The earliest plausible time, inclusive: rollcall did not exist before it, so a clock that shows
// an earlier one was never set.
inline constexpr UnixSeconds kEarliestClock{std::chrono::seconds(1'704'067'200)};  // 2024-01-01

// The largest ordinary step either way, inclusive.
inline constexpr std::chrono::hours kOrdinaryStep{24};
// The largest step that is ever trusted, inclusive: longer than a machine stands idle over holidays
// and a repair. A larger one is as likely a clock that was never set, and would cost a second month
// of what retention keeps.
inline constexpr std::chrono::hours kLargestStep{45 * 24};
// Uptime before a doubtful clock is trusted: a wrong clock is corrected by the network within
// minutes, by people within a day.
inline constexpr std::chrono::hours kProbation{24};

// What a store keeps of its time.
struct ClockRecord {
  UnixSeconds time{};             // the store's time; 0 where it has none yet
  UnixSeconds seen{};             // the wall clock at the latest look
  std::chrono::seconds agreed{};  // uptime since the clock last stepped, while it is doubted
  bool settled = false;           // a day of uptime, stored reports or a person confirm `time`
  auto operator<=>(const ClockRecord&) const = default;
};

enum class ClockState {
  kFollowed,     // the store's time is the clock's, or at most a day later
  kAhead,        // the clock is ahead: the store's time advances by uptime alone
  kBehind,       // the clock is behind: the store's time stands still until the clock reaches it
  kImplausible,  // never set, or more than 45 days behind: no reports are stored
};

// Takes one look at the clock: updates `record` and returns the state. `elapsed` is the monotonic
// time since the previous look; nullopt at the first look of a process.
ClockState FollowClock(UnixSeconds wall, std::optional<std::chrono::seconds> elapsed,
                       ClockRecord& record);

}  // namespace rollcall::storage
