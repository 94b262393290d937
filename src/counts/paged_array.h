// An array indexed by refs that allocates only the pages that are touched. One thread.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <vector>

namespace rollcall::counts {

template <typename T>
class PagedArray {
 public:
  T& operator[](uint32_t index) {
    const size_t page = index / kPageSize;
    if (page >= pages_.size()) pages_.resize(page + 1);
    if (!pages_[page]) pages_[page] = std::make_unique<std::array<T, kPageSize>>();
    return (*pages_[page])[index % kPageSize];
  }

 private:
  static constexpr size_t kPageSize = 256;
  std::vector<std::unique_ptr<std::array<T, kPageSize>>> pages_;
};

}  // namespace rollcall::counts
