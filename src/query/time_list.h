// A growing list of times whose end can be written to without a look at each one. A plain value
// that can be moved; one thread.
#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>

namespace rollcall::query {

class TimeList {
 public:
  bool empty() const { return size_ == 0; }
  size_t size() const { return size_; }
  size_t capacity() const { return capacity_; }
  int64_t back() const { return times_[size_ - 1]; }
  int64_t operator[](size_t i) const { return times_[i]; }
  operator std::span<const int64_t>() const { return {times_.get(), size_}; }  // NOLINT

  void clear() { size_ = 0; }
  void push_back(int64_t time) {
    *EndFor(1) = time;
    ++size_;
  }
  // Returns where the next `more` times may be written to; EndAt then takes them in.
  int64_t* EndFor(size_t more) {
    if (size_ + more > capacity_) Grow(size_ + more);
    return times_.get() + size_;
  }
  void EndAt(const int64_t* end) { size_ = static_cast<size_t>(end - times_.get()); }

 private:
  void Grow(size_t least) {
    capacity_ = std::max(least, capacity_ * 2);
    auto times = std::make_unique_for_overwrite<int64_t[]>(capacity_);
    std::copy_n(times_.get(), size_, times.get());
    times_ = std::move(times);
  }

  std::unique_ptr<int64_t[]> times_;
  size_t size_ = 0;
  size_t capacity_ = 0;
};

}  // namespace rollcall::query
