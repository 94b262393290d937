// What a query's intermediate values take of its budget, given back when they go. A plain value;
// its budget must outlive it.
#pragma once

#include <cstdint>
#include <utility>

#include "base/status.h"
#include "query/promql/budget.h"

namespace rollcall::promql {

class MemoryCharge {
 public:
  explicit MemoryCharge(Budget& budget) : budget_(&budget) {}
  ~MemoryCharge() { Release(); }
  MemoryCharge(MemoryCharge&& other) noexcept
      : budget_(other.budget_), bytes_(std::exchange(other.bytes_, 0)) {}
  MemoryCharge& operator=(MemoryCharge&& other) noexcept {
    if (this != &other) {
      Release();
      budget_ = other.budget_;
      bytes_ = std::exchange(other.bytes_, 0);
    }
    return *this;
  }

  // As Budget::TakeMemory. Where it fails, the bytes are charged nevertheless.
  Status Take(uint64_t bytes) {
    bytes_ += bytes;
    return budget_->TakeMemory(bytes);
  }
  // From now on, what the other has charged is this one's.
  void Absorb(MemoryCharge& other) { bytes_ += std::exchange(other.bytes_, 0); }
  void Release() { budget_->GiveMemory(std::exchange(bytes_, 0)); }

 private:
  Budget* budget_;
  uint64_t bytes_ = 0;
};

}  // namespace rollcall::promql
