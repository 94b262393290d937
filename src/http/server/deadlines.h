// The absolute deadlines of all connections. Each kind has one constant timeout, so a
// first-in-first-out list per kind is always sorted: arming, disarming and finding the next
// deadline cost a few pointers, and no connection needs a timer. Owned by the front's loop; its
// thread only.
#pragma once

#include <chrono>
#include <functional>
#include <optional>

#include "base/named_enum.h"

namespace rollcall::http {

struct Connection;

#define ROLLCALL_DEADLINE_KINDS(ROW) \
  ROW(kIdle, "idle")                 \
  ROW(kHandshake, "handshake")       \
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
  std::optional<DeadlineKind> kind;  // nullopt: in no list
};

class Deadlines {
 public:
  using TimePoint = std::chrono::steady_clock::time_point;
  using Timeouts = EnumArray<DeadlineKind, std::chrono::milliseconds>;

  explicit Deadlines(const Timeouts& timeouts) : timeouts_(timeouts) {}

  // Sets the connection's deadline to `now` plus the kind's timeout, in place of any it had.
  void Arm(Connection& connection, DeadlineKind kind, TimePoint now);
  void Disarm(Connection& connection);

  // Returns the connection whose deadline of that kind was armed first; null where there is none.
  Connection* Oldest(DeadlineKind kind) const { return lists_[kind].first; }
  // Returns a connection whose deadline is at or before `now`; null where there is none.
  Connection* NextExpired(TimePoint now) const;
  // Returns, of the first `most` connections armed with that kind, the first that `fits` accepts;
  // null where it accepts none of them.
  Connection* OldestThat(DeadlineKind kind, size_t most,
                         const std::function<bool(const Connection&)>& fits) const;
  // Returns the earliest deadline of all; nullopt where there is none.
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
