// What one query may cost. Owned by whoever evaluates the query; thread-safe.
#pragma once

#include <atomic>
#include <chrono>
#include <cstdint>
#include <stop_token>

#include "base/status.h"
#include "query/promql/lookbacks.h"

namespace rollcall::promql {

// All inclusive. Each is an option of the server, whose name the error tells.
struct Limits {
  uint64_t samples = 50'000'000;
  uint64_t series = 1'000'000;
  size_t memory_bytes = 128 << 20;
  std::chrono::milliseconds time{std::chrono::minutes(2)};
};

class Budget {
 public:
  // `stop`: the client is gone, or the server ends.
  Budget(const Limits& limits, std::stop_token stop);

  // Count; each also does what Check does. InvalidArgument: over a limit, and the message names it,
  // its option and its value.
  Status TakeSamples(uint64_t count);
  Status TakeSeries(uint64_t count);
  Status TakeMemory(uint64_t bytes);
  void GiveMemory(uint64_t bytes);
  // Unavailable: out of time, or stopped.
  Status Check();

  uint64_t samples() const { return samples_.load(std::memory_order_relaxed); }
  uint64_t series() const { return series_.load(std::memory_order_relaxed); }
  uint64_t peak_memory() const { return peak_memory_.load(std::memory_order_relaxed); }
  bool stopped() const { return stop_.stop_requested(); }
  // Of the series that instant selectors visited: the source of series adds, the API tells.
  Lookbacks& lookbacks() { return lookbacks_; }

 private:
  const Limits limits_;
  const std::stop_token stop_;
  const std::chrono::steady_clock::time_point deadline_;
  std::atomic<uint64_t> samples_{0};
  std::atomic<uint64_t> series_{0};
  std::atomic<uint64_t> memory_{0};
  std::atomic<uint64_t> peak_memory_{0};
  Lookbacks lookbacks_;
};

}  // namespace rollcall::promql
