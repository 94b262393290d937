// The rule by which a store's time follows the wall clock. A pure function of what the store keeps
// of its time and of one look at the clock; storage/store_time owns the record and does the
// looking.
//
// No single reading is believed with what cannot be undone. A step of up to a day either way is an
// ordinary one: a restart, a correction, a zone set wrong; what is deleted goes by months. A larger
// step ahead is believed once the process was up for a day and the clock went on as it should, and
// never where it is more than 45 days: then a person has to say so. The time never goes back by
// itself, but for that of a new store in its first day, which has nothing behind it.
#pragma once

#include <chrono>
#include <optional>

#include "base/clock.h"

namespace rollcall::storage {

// There was no rollcall before it: a clock that stands earlier was never set.
inline constexpr UnixSeconds kEarliestClock{std::chrono::seconds(1'704'067'200)};  // 2024-01-01

inline constexpr std::chrono::hours kOrdinaryStep{24};
// Longer than a machine stands idle over holidays and a repair. More is as likely a clock that was
// never set, and would take a second month of what retention keeps.
inline constexpr std::chrono::hours kLargestStep{45 * 24};
// Of uptime: a clock that is wrong is put right by the network within minutes, by people in a day.
inline constexpr std::chrono::hours kProbation{24};

// What a store keeps of its time.
struct ClockRecord {
  UnixSeconds time{};             // the store's time; 0: it has none yet
  UnixSeconds seen{};             // where the wall clock stood at the latest look
  std::chrono::seconds agreed{};  // uptime since the clock last stepped, while it is in doubt
  bool settled = false;           // a day of uptime, stored reports or a person stand behind `time`
  auto operator<=>(const ClockRecord&) const = default;
};

enum class ClockState {
  kFollowed,     // the store's time is the clock's, or at most a day later
  kAhead,        // the clock is ahead: the store's time goes on from where it was
  kBehind,       // the clock is behind: the store's time stands still until it is reached
  kImplausible,  // not set at all, or more than 45 days behind: no time to store a report under
};

// One look. `elapsed`: monotonic time since the look before; nullopt: the first of a process.
ClockState FollowClock(UnixSeconds wall, std::optional<std::chrono::seconds> elapsed,
                       ClockRecord& record);

}  // namespace rollcall::storage
