// An index that numbers series, that is, pairs of a source and a label set, in the order in
// which they come. A flat hash table, since an import may bring millions. Owned by the importer;
// one thread.
#pragma once

#include <cstdint>
#include <vector>

namespace rollcall::ingest {

class SeriesIndex {
 public:
  // Returns the number of the series; a new one gets the next number, which is then size() - 1.
  uint32_t NumberOf(uint32_t source, uint32_t label_set) {
    if ((size_ + 1) * 4 > keys_.size() * 3) Grow();
    const uint64_t key = (uint64_t{source} << 32 | label_set) + 1;
    const size_t slot = SlotOf(key);
    if (keys_[slot] == kEmpty) {
      keys_[slot] = key;
      numbers_[slot] = static_cast<uint32_t>(size_++);
    }
    return numbers_[slot];
  }
  size_t size() const { return size_; }

 private:
  static constexpr uint64_t kEmpty = 0;

  size_t SlotOf(uint64_t key) const {
    uint64_t mixed = key * 0x9E3779B97F4A7C15ULL;
    mixed ^= mixed >> 32;
    const size_t mask = keys_.size() - 1;
    size_t slot = mixed & mask;
    while (keys_[slot] != kEmpty && keys_[slot] != key) slot = (slot + 1) & mask;
    return slot;
  }

  void Grow() {
    std::vector<uint64_t> keys(keys_.size() * 2);
    std::vector<uint32_t> numbers(keys.size());
    keys.swap(keys_);
    numbers.swap(numbers_);
    for (size_t i = 0; i < keys.size(); ++i) {
      if (keys[i] == kEmpty) continue;
      const size_t slot = SlotOf(keys[i]);
      keys_[slot] = keys[i];
      numbers_[slot] = numbers[i];
    }
  }

  std::vector<uint64_t> keys_ = std::vector<uint64_t>(1024);
  std::vector<uint32_t> numbers_ = std::vector<uint32_t>(1024);
  size_t size_ = 0;
};

}  // namespace rollcall::ingest
