// The fields that came and that no rule names: JSON pointers, each once, in a bounded number. A
// plain value; one thread.
#pragma once

#include <cstddef>
#include <cstdint>
#include <set>
#include <string>
#include <utility>

namespace rollcall::fleets {

class UndeclaredFields {
 public:
  static constexpr size_t kMost = 1'000;
  static constexpr size_t kMostBytes = 256;  // per pointer; a longer one is cut

  bool is_full() const { return names_.size() == kMost; }
  // Adds a pointer. Once it is full, a new one is only counted.
  void Add(std::string pointer) {
    if (is_full() && !names_.contains(pointer)) {
      ++left_out_;
      return;
    }
    names_.insert(std::move(pointer));
  }
  // Counts a field without naming it.
  void LeaveOut() { ++left_out_; }

  const std::set<std::string>& names() const { return names_; }
  // Returns how often a field was counted only.
  uint64_t left_out() const { return left_out_; }

 private:
  std::set<std::string> names_;
  uint64_t left_out_ = 0;
};

}  // namespace rollcall::fleets
