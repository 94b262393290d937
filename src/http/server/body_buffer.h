// The buffer in which a request's body grows, bounded by a cap of its own and by a budget that all
// connections share, so that no number of senders makes the process run out of memory. Each buffer
// is owned by the connection or the worker that fills it.
#pragma once

#include <atomic>
#include <cstddef>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <utility>

namespace rollcall::http {

// The bytes in use, out of a fixed limit (inclusive). Thread-safe.
class BufferBudget {
 public:
  explicit BufferBudget(size_t limit_bytes) : limit_(limit_bytes) {}

  // Takes `bytes`. Returns false, and takes nothing, where that would exceed the limit.
  bool TryTake(size_t bytes);
  // Takes `bytes` even beyond the limit: for memory that is already in use and cannot be refused.
  void Take(size_t bytes) { used_.fetch_add(bytes, std::memory_order_relaxed); }
  void Give(size_t bytes) { used_.fetch_sub(bytes, std::memory_order_relaxed); }
  size_t used() const { return used_.load(std::memory_order_relaxed); }
  bool exhausted() const { return used() > limit_; }

 private:
  const size_t limit_;
  std::atomic<size_t> used_{0};
};

// A share of a budget, given back by the destructor. Keeps the budget alive. Thread-compatible.
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

  // Takes `bytes` more. Returns false, and takes nothing, where that would exceed the limit or the
  // charge has no budget.
  bool TryGrow(size_t bytes);
  // Sets the charge to `bytes` in all. Returns false, and changes nothing, where that would exceed
  // the limit.
  bool TryResize(size_t bytes);
  // The same, even beyond the limit: for memory that is already in use and cannot be refused.
  void Resize(size_t bytes);
  // Gives all of it back.
  void Release();
  size_t bytes() const { return bytes_; }

 private:
  std::shared_ptr<BufferBudget> budget_;  // null: the charge stays empty
  size_t bytes_ = 0;
};

// Thread-compatible.
class BodyBuffer {
 public:
  enum class Room { kOk, kTooLarge, kBudgetExhausted };

  // `max_bytes`: the cap, inclusive.
  BodyBuffer(std::shared_ptr<BufferBudget> budget, size_t max_bytes)
      : charge_(std::move(budget)), max_bytes_(max_bytes) {}

  // Sets the size that the body will have, where it is known, so that the buffer does not grow
  // further ahead than that. Reserves nothing: a sender may announce what it never sends.
  void ExpectBytes(size_t bytes) { expected_bytes_ = bytes; }

  // Appends `bytes`; on failure the body is unchanged.
  Room Append(std::string_view bytes);

  // Makes room behind the body for at least one byte and sets `tail` to at most `wanted` bytes of
  // it. The caller writes there, then calls Commit with the number of bytes written. kTooLarge: the
  // body holds max_bytes already.
  Room Tail(size_t wanted, std::span<char>& tail);
  void Commit(size_t bytes) { used_ += bytes; }

  size_t size() const { return used_; }

  // Returns the body and the charge for its bytes, which must be kept together. The buffer cannot
  // be used afterwards.
  std::pair<std::string, BudgetCharge> Take() &&;

 private:
  Room Grow(size_t needed);

  std::string bytes_;  // its size is the room made so far
  size_t used_ = 0;
  BudgetCharge charge_;
  size_t max_bytes_;
  size_t expected_bytes_ = SIZE_MAX;
};

}  // namespace rollcall::http
