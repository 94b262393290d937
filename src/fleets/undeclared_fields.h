// Which fields came that no rule names: JSON pointers, each once, a bounded number of them. A plain
// value; one thread.
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
  static constexpr size_t kMostBytes = 256;  // of a pointer; a longer one is cut

  bool is_full() const { return names_.size() == kMost; }
  // Where it is full, a further one is only counted.
  void Add(std::string pointer) {
    if (is_full() && !names_.contains(pointer)) {
      ++left_out_;
      return;
    }
    names_.insert(std::move(pointer));
  }
  void LeaveOut() { ++left_out_; }

  const std::set<std::string>& names() const { return names_; }
  // How often a field was not told apart.
  uint64_t left_out() const { return left_out_; }

 private:
  std::set<std::string> names_;
  uint64_t left_out_ = 0;
};

}  // namespace rollcall::fleets
