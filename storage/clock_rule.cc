#include "storage/clock_rule.h"

#include <algorithm>

namespace rollcall::storage {
namespace {

using std::chrono::seconds;

// Whether the clock stands where one that stood at `seen` may stand by now.
bool Agrees(UnixSeconds wall, std::optional<seconds> elapsed, UnixSeconds seen) {
  const seconds step = wall - seen - elapsed.value_or(seconds(0));
  return step >= -kOrdinaryStep && step <= (elapsed ? kOrdinaryStep : kLargestStep);
}

void Settle(UnixSeconds time, ClockRecord& record) {
  record.time = time;
  record.settled = true;
  record.agreed = {};
}

}  // namespace

ClockState FollowClock(UnixSeconds wall, std::optional<seconds> elapsed, ClockRecord& record) {
  const bool agrees = Agrees(wall, elapsed, record.seen);
  const seconds up = std::max(elapsed.value_or(seconds(0)), seconds(0));
  record.seen = wall;
  record.agreed = agrees ? record.agreed + up : seconds(0);
  if (wall < kEarliestClock) return ClockState::kImplausible;

  const seconds ahead = wall - record.time;
  const bool is_new = record.time == UnixSeconds();
  if (is_new || (!record.settled && ahead < -kOrdinaryStep)) {
    record.time = wall;
    record.agreed = {};
    return ClockState::kFollowed;
  }
  if (ahead < -kOrdinaryStep) {
    record.agreed = {};
    return ahead < -kLargestStep ? ClockState::kImplausible : ClockState::kBehind;
  }
  if (ahead <= kOrdinaryStep) {
    record.time = std::max(record.time, wall);
    if (record.settled) {
      record.agreed = {};
    } else if (record.agreed >= kProbation) {
      Settle(record.time, record);
    }
    return ClockState::kFollowed;
  }
  record.time += up;
  if (record.agreed < kProbation || wall - record.time > kLargestStep) return ClockState::kAhead;
  Settle(wall, record);
  return ClockState::kFollowed;
}

}  // namespace rollcall::storage
