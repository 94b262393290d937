// Absolute deadlines of many connections. Each kind has one constant timeout, so a
// first-in-first-out list per kind is sorted as it stands: arming, disarming and finding the next
// one cost a few pointers, and no connection has a timer. Owned by the front's loop; its thread
// only.
#pragma once

#include <chrono>
#include <functional>
#include <optional>

#include "base/named_enum.h"

namespace rollcall::http {

struct Connection;

#define ROLLCALL_DEADLINE_KINDS(ROW) \
  ROW(kIdle, "idle")                 \
  ROW(kHeader, "header")             \
  ROW(kBody, "body")                 \
  ROW(kWrite, "write")               \
  ROW(kLinger, "linger")             \
  ROW(kStall, "stall")               \
  ROW(kHangup, "hangup")
ROLLCALL_NAMED_ENUM(DeadlineKind, ROLLCALL_DEADLINE_KINDS);

// A connection's place in at most one of the lists.
struct DeadlineHook {
  Connection* previous = nullptr;
  Connection* next = nullptr;
  std::chrono::steady_clock::time_point due;
  std::optional<DeadlineKind> kind;  // nullopt: in none
};

class Deadlines {
 public:
  using TimePoint = std::chrono::steady_clock::time_point;
  using Timeouts = EnumArray<DeadlineKind, std::chrono::milliseconds>;

  explicit Deadlines(const Timeouts& timeouts) : timeouts_(timeouts) {}

  // Replaces the deadline that the connection has, if any.
  void Arm(Connection& connection, DeadlineKind kind, TimePoint now);
  void Disarm(Connection& connection);

  // The one of that kind that was armed first; null where there is none.
  Connection* Oldest(DeadlineKind kind) const { return lists_[kind].first; }
  // One whose deadline is not after `now`; null where there is none.
  Connection* NextExpired(TimePoint now) const;
  // The first armed of that kind that `fits`, of the `most` first; null where none of them does.
  Connection* OldestThat(DeadlineKind kind, size_t most,
                         const std::function<bool(const Connection&)>& fits) const;
  // When the next one ends.
  std::optional<TimePoint> Earliest() const;

 private:
  struct List {
    Connection* first = nullptr;
    Connection* last = nullptr;
  };
  Timeouts timeouts_;
  EnumArray<DeadlineKind, List> lists_;
};

}  // namespace rollcall::http
