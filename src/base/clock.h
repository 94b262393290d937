// The clock. Time is passed in: code that needs to know what time it is holds a Clock&, so that a
// test can stand at the last second of a month.
#pragma once

#include <chrono>

namespace rollcall {

// An instant, UTC, whole seconds: the resolution in which reports are stored.
using UnixSeconds = std::chrono::sys_seconds;
// An instant, UTC, in milliseconds: as clients write it and as a clock returns it.
using UnixMilliseconds = std::chrono::sys_time<std::chrono::milliseconds>;

// Thread-safe.
class Clock {
 public:
  virtual ~Clock() = default;
  // Returns the wall-clock time, which may step in either direction.
  virtual UnixMilliseconds NowMilliseconds() const = 0;
  UnixSeconds Now() const { return std::chrono::floor<std::chrono::seconds>(NowMilliseconds()); }
};

class SystemClock final : public Clock {
 public:
  UnixMilliseconds NowMilliseconds() const override {
    return std::chrono::floor<std::chrono::milliseconds>(std::chrono::system_clock::now());
  }
};

}  // namespace rollcall
