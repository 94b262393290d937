// What came in for a fleet since the process began: how many reports were taken, and which
// undeclared fields they had. Thread-safe.
#pragma once

#include <atomic>
#include <cstddef>
#include <cstdint>

#include "base/mutex.h"
#include "fleets/undeclared_fields.h"

namespace rollcall::fleets {

class IntakeLog {
 public:
  void CountTaken() { taken_.fetch_add(1, std::memory_order_relaxed); }
  // Adds the undeclared fields of a report, which were dropped.
  void AddUndeclared(const UndeclaredFields& fields);

  uint64_t taken() const { return taken_.load(std::memory_order_relaxed); }
  // Returns how often a field was dropped, in all reports.
  uint64_t dropped() const { return dropped_.load(std::memory_order_relaxed); }
  // Returns the fields, each once; and how many they are.
  UndeclaredFields Undeclared() const;
  size_t undeclared_count() const;

 private:
  std::atomic<uint64_t> taken_{0};
  std::atomic<uint64_t> dropped_{0};
  mutable Mutex mutex_;
  UndeclaredFields fields_ GUARDED_BY(mutex_);
};

}  // namespace rollcall::fleets
