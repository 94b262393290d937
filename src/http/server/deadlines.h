// Absolute deadlines of many connections. Each kind has one constant timeout, so a
// first-in-first-out list per kind is sorted as it stands: arming, disarming and finding the next
// one cost a few pointers, and no connection has a timer. Owned by the front's loop; its thread
// only.
#pragma once

#include <array>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <optional>

namespace rollcall::http {

struct Connection;

enum class DeadlineKind : uint8_t { kIdle, kHeader, kBody, kWrite, kLinger, kStall, kNone };
inline constexpr size_t kDeadlineKinds = 6;

// A connection's place in at most one of the lists.
struct DeadlineHook {
  Connection* previous = nullptr;
  Connection* next = nullptr;
  std::chrono::steady_clock::time_point due;
  DeadlineKind kind = DeadlineKind::kNone;
};

class Deadlines {
 public:
  using TimePoint = std::chrono::steady_clock::time_point;
  using Timeouts = std::array<std::chrono::milliseconds, kDeadlineKinds>;

  explicit Deadlines(const Timeouts& timeouts) : timeouts_(timeouts) {}

  // Replaces the deadline that the connection has, if any.
  void Arm(Connection& connection, DeadlineKind kind, TimePoint now);
  void Disarm(Connection& connection);

  // The one of that kind that was armed first; null where there is none.
  Connection* Oldest(DeadlineKind kind) const { return lists_[Index(kind)].first; }
  // One whose deadline is not after `now`; null where there is none.
  Connection* NextExpired(TimePoint now) const;
  // When the next one ends.
  std::optional<TimePoint> Earliest() const;

 private:
  struct List {
    Connection* first = nullptr;
    Connection* last = nullptr;
  };
  static size_t Index(DeadlineKind kind) { return static_cast<size_t>(kind); }

  Timeouts timeouts_;
  std::array<List, kDeadlineKinds> lists_{};
};

}  // namespace rollcall::http
