// Where a request's body grows: under the cap of its own and under a budget that all connections
// share, so that no number of senders makes the process run out of memory.
#pragma once

#include <atomic>
#include <cstddef>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <utility>

namespace rollcall::http {

// Bytes in use out of a fixed number. Thread-safe.
class BufferBudget {
 public:
  explicit BufferBudget(size_t limit_bytes) : limit_(limit_bytes) {}

  // False, and nothing taken, where that would pass the limit.
  bool TryTake(size_t bytes);
  // For what is already there and cannot be refused.
  void Take(size_t bytes) { used_.fetch_add(bytes, std::memory_order_relaxed); }
  void Give(size_t bytes) { used_.fetch_sub(bytes, std::memory_order_relaxed); }
  size_t used() const { return used_.load(std::memory_order_relaxed); }
  bool exhausted() const { return used() > limit_; }

 private:
  const size_t limit_;
  std::atomic<size_t> used_{0};
};

// A part of a budget; given back when it goes away. It keeps the budget alive. Thread-compatible.
class BudgetCharge {
 public:
  BudgetCharge() = default;
  explicit BudgetCharge(std::shared_ptr<BufferBudget> budget) : budget_(std::move(budget)) {}
  BudgetCharge(BudgetCharge&& other) noexcept
      : budget_(std::move(other.budget_)), bytes_(std::exchange(other.bytes_, 0)) {}
  BudgetCharge& operator=(BudgetCharge&& other) noexcept;
  BudgetCharge(const BudgetCharge&) = delete;
  BudgetCharge& operator=(const BudgetCharge&) = delete;
  ~BudgetCharge() { Release(); }

  bool TryGrow(size_t bytes);
  // To so many bytes in all; false, and nothing changed, where that would pass the limit.
  bool TryResize(size_t bytes);
  // The same for what is already there and cannot be refused.
  void Resize(size_t bytes);
  void Release();
  size_t bytes() const { return bytes_; }

 private:
  std::shared_ptr<BufferBudget> budget_;  // null: this charge holds nothing
  size_t bytes_ = 0;
};

// Thread-compatible.
class BodyBuffer {
 public:
  enum class Room { kOk, kTooLarge, kBudgetExhausted };

  // `max_bytes` is inclusive.
  BodyBuffer(std::shared_ptr<BufferBudget> budget, size_t max_bytes)
      : charge_(std::move(budget)), max_bytes_(max_bytes) {}

  // The size the body will have, where that is known: growing goes no further. It reserves nothing,
  // for a sender may claim what it never sends.
  void ExpectBytes(size_t bytes) { expected_bytes_ = bytes; }

  // On failure the body is as it was.
  Room Append(std::string_view bytes);

  // Makes room behind the body for at least one byte and sets `tail` to it, to be written and then
  // counted in with Commit. kTooLarge: the body holds max_bytes already.
  Room Tail(size_t wanted, std::span<char>& tail);
  void Commit(size_t bytes) { used_ += bytes; }

  size_t size() const { return used_; }

  // Ends the buffer's life. The charge belongs with the bytes.
  std::pair<std::string, BudgetCharge> Take() &&;

 private:
  Room Grow(size_t needed);

  std::string bytes_;  // as large as what was made room for
  size_t used_ = 0;
  BudgetCharge charge_;
  size_t max_bytes_;
  size_t expected_bytes_ = SIZE_MAX;
};

}  // namespace rollcall::http
