// A clock that a test sets. Owned by the test.
#pragma once

#include <atomic>
#include <chrono>

#include "base/clock.h"

namespace rollcall::test {

// Stands still until Set or Advance. Thread-safe.
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

}  // namespace rollcall::test
