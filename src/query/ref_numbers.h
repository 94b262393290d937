// A map from refs to small numbers for inner loops: two loads a look-up, and memory only for the
// pages of refs that are in it. A plain value; any number of threads may read one.
#pragma once

#include <array>
#include <cstdint>
#include <memory>
#include <vector>

namespace rollcall::query {

class RefNumbers {
 public:
  static constexpr uint32_t kNone = UINT32_MAX;

  uint32_t Find(uint32_t ref) const {
    const size_t page = ref / kPageSize;
    if (page >= pages_.size() || !pages_[page]) return kNone;
    return (*pages_[page])[ref % kPageSize];
  }
  void Set(uint32_t ref, uint32_t number) {
    const size_t page = ref / kPageSize;
    if (page >= pages_.size()) pages_.resize(page + 1);
    if (!pages_[page]) {
      pages_[page] = std::make_unique<Page>();
      pages_[page]->fill(kNone);
    }
    (*pages_[page])[ref % kPageSize] = number;
  }

 private:
  static constexpr size_t kPageSize = 1024;
  using Page = std::array<uint32_t, kPageSize>;
  std::vector<std::unique_ptr<Page>> pages_;
};

}  // namespace rollcall::query
