// Time is passed in: whoever needs to know what time it is holds a Clock&, so that a test can stand
// at the last second of a month.
#pragma once

#include <atomic>
#include <chrono>

namespace rollcall {

// An instant, UTC, whole seconds: the resolution in which reports are stored.
using UnixSeconds = std::chrono::sys_seconds;
// An instant, UTC, as clients write it and as a clock says it.
using UnixMilliseconds = std::chrono::sys_time<std::chrono::milliseconds>;

// Thread-safe.
class Clock {
 public:
  virtual ~Clock() = default;
  // The wall clock. It may step in either direction.
  virtual UnixMilliseconds NowMilliseconds() const = 0;
  UnixSeconds Now() const { return std::chrono::floor<std::chrono::seconds>(NowMilliseconds()); }
};

class SystemClock final : public Clock {
 public:
  UnixMilliseconds NowMilliseconds() const override {
    return std::chrono::floor<std::chrono::milliseconds>(std::chrono::system_clock::now());
  }
};

// Stands still until it is told otherwise. Thread-safe.
class ManualClock final : public Clock {
 public:
  explicit ManualClock(UnixSeconds now) { Set(now); }
  UnixMilliseconds NowMilliseconds() const override {
    return UnixMilliseconds(std::chrono::milliseconds(milliseconds_.load()));
  }
  void Set(UnixSeconds now) {
    milliseconds_.store(std::chrono::milliseconds(now.time_since_epoch()).count());
  }
  void Advance(std::chrono::milliseconds by) { milliseconds_.fetch_add(by.count()); }

 private:
  std::atomic<long long> milliseconds_{0};
};

}  // namespace rollcall
