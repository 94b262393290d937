#include "query/promql/budget.h"

#include <algorithm>
#include <string>

namespace rollcall::promql {
namespace {

Status Over(const std::string& what, uint64_t limit, const std::string& unit,
            const std::string& option) {
  return Status::InvalidArgument("the query " + what + " more than " + std::to_string(limit) + " " +
                                 unit + " (" + option + ")");
}

}  // namespace

Budget::Budget(const Limits& limits, std::stop_token stop)
    : limits_(limits),
      stop_(std::move(stop)),
      // A year is as good as no limit, and no sum with it overflows.
      deadline_(std::chrono::steady_clock::now() +
                std::min<std::chrono::milliseconds>(limits.time, std::chrono::hours(24 * 365))) {}

Status Budget::TakeSamples(uint64_t count) {
  if (samples_.fetch_add(count, std::memory_order_relaxed) + count > limits_.samples) {
    return Over("looks at", limits_.samples, "samples", "--query-max-samples");
  }
  return Check();
}

Status Budget::TakeSeries(uint64_t count) {
  if (series_.fetch_add(count, std::memory_order_relaxed) + count > limits_.series) {
    return Over("touches", limits_.series, "series", "--query-max-series");
  }
  return Check();
}

Status Budget::TakeMemory(uint64_t bytes) {
  const uint64_t now = memory_.fetch_add(bytes, std::memory_order_relaxed) + bytes;
  uint64_t peak = peak_memory_.load(std::memory_order_relaxed);
  while (now > peak && !peak_memory_.compare_exchange_weak(peak, now, std::memory_order_relaxed)) {
  }
  if (now > limits_.memory_bytes || bytes > limits_.memory_bytes) {
    return Over("needs", limits_.memory_bytes >> 20, "MiB of memory", "--query-max-memory");
  }
  return Check();
}

void Budget::GiveMemory(uint64_t bytes) { memory_.fetch_sub(bytes, std::memory_order_relaxed); }

Status Budget::Check() {
  if (stop_.stop_requested()) {
    return Status::Unavailable("the query was stopped");
  }
  if (std::chrono::steady_clock::now() > deadline_) {
    return Status::Unavailable("the query takes longer than " +
                               std::to_string(limits_.time.count()) + " ms (--query-timeout)");
  }
  return Status::Ok();
}

}  // namespace rollcall::promql
