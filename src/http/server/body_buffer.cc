#include "http/server/body_buffer.h"

#include <algorithm>
#include <cstring>

namespace rollcall::http {
namespace {

constexpr size_t kFirstRoomBytes = 4096;

}  // namespace

bool BufferBudget::TryTake(size_t bytes) {
  size_t used = used_.load(std::memory_order_relaxed);
  do {
    if (used > limit_ || bytes > limit_ - used) {
      return false;
    }
  } while (!used_.compare_exchange_weak(used, used + bytes, std::memory_order_relaxed));
  return true;
}

BudgetCharge& BudgetCharge::operator=(BudgetCharge&& other) noexcept {
  if (this != &other) {
    Release();
    budget_ = std::move(other.budget_);
    bytes_ = std::exchange(other.bytes_, 0);
  }
  return *this;
}

bool BudgetCharge::TryGrow(size_t bytes) {
  if (budget_ == nullptr || !budget_->TryTake(bytes)) {
    return false;
  }
  bytes_ += bytes;
  return true;
}

bool BudgetCharge::TryResize(size_t bytes) {
  if (bytes > bytes_) return TryGrow(bytes - bytes_);
  Resize(bytes);
  return true;
}

void BudgetCharge::Resize(size_t bytes) {
  if (budget_ == nullptr) return;
  budget_->Take(bytes);
  budget_->Give(std::exchange(bytes_, bytes));
}

void BudgetCharge::Release() {
  if (bytes_ > 0) {
    budget_->Give(std::exchange(bytes_, 0));
  }
}

BodyBuffer::Room BodyBuffer::Append(std::string_view bytes) {
  if (bytes.empty()) {
    return Room::kOk;
  }
  if (bytes.size() > max_bytes_ - used_) {
    return Room::kTooLarge;
  }
  if (const Room room = Grow(used_ + bytes.size()); room != Room::kOk) {
    return room;
  }
  std::memcpy(bytes_.data() + used_, bytes.data(), bytes.size());
  used_ += bytes.size();
  return Room::kOk;
}

BodyBuffer::Room BodyBuffer::Tail(size_t wanted, std::span<char>& tail) {
  if (used_ == max_bytes_) {
    return Room::kTooLarge;
  }
  if (const Room room = Grow(used_ + 1); room != Room::kOk) {
    return room;
  }
  tail = std::span<char>(bytes_.data() + used_, std::min(wanted, bytes_.size() - used_));
  return Room::kOk;
}

std::pair<std::string, BudgetCharge> BodyBuffer::Take() && {
  bytes_.resize(used_);
  return {std::move(bytes_), std::move(charge_)};
}

BodyBuffer::Room BodyBuffer::Grow(size_t needed) {
  const size_t size = bytes_.size();
  if (needed <= size) {
    return Room::kOk;
  }
  const size_t room = std::max(
      needed, std::min({std::max(size * 2, kFirstRoomBytes), expected_bytes_, max_bytes_}));
  if (!charge_.TryGrow(room - size)) {
    return Room::kBudgetExhausted;
  }
  // A string that grows in place doubles, past the cap if need be; a new one takes what it is told.
  std::string larger;
  larger.reserve(room);
  larger.append(bytes_, 0, used_);
  larger.resize(room);
  bytes_ = std::move(larger);
  return Room::kOk;
}

}  // namespace rollcall::http
