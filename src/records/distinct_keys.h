// A set of 64-bit hashes, each with a small mark: how distinct machines are counted among many
// millions of records, in 8 bytes for each and some room. Hashes that differ in their lowest 4 bits
// alone are taken for one. Plain value; one thread.
#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <vector>

namespace rollcall::records {

class DistinctKeys {
 public:
  static constexpr unsigned kMostMark = 14;  // inclusive
  static constexpr unsigned kNone = 15;

  // Adds a key with a mark, or lowers its mark to that. Returns the mark that it had; kNone: it is
  // new.
  unsigned Add(uint64_t key, unsigned mark) {
    if ((used_ + 1) * 3 > slots_.size() * 2) Grow();
    uint64_t& slot = Find(slots_, key);
    const unsigned before = slot == 0 ? kNone : MarkOf(slot);
    if (slot == 0) ++used_;
    if (mark < before) slot = (key & ~kMarkBits) | (mark + 1);
    return before;
  }
  // Forgets all keys, and keeps the memory.
  void Clear() {
    std::fill(slots_.begin(), slots_.end(), 0);
    used_ = 0;
  }

  size_t size() const { return used_; }

 private:
  static constexpr uint64_t kMarkBits = 15;  // the mark and 1; 0: no key

  static unsigned MarkOf(uint64_t slot) { return static_cast<unsigned>(slot & kMarkBits) - 1; }
  static size_t PlaceOf(const std::vector<uint64_t>& slots, uint64_t key) {
    return static_cast<size_t>((key >> 4) * 0x9E3779B97F4A7C15 >> 20) & (slots.size() - 1);
  }
  static uint64_t& Find(std::vector<uint64_t>& slots, uint64_t key) {
    size_t place = PlaceOf(slots, key);
    while (slots[place] != 0 && ((slots[place] ^ key) & ~kMarkBits) != 0) {
      place = (place + 1) & (slots.size() - 1);
    }
    return slots[place];
  }
  void Grow() {
    std::vector<uint64_t> larger(slots_.size() * 4);
    for (const uint64_t slot : slots_) {
      if (slot != 0) Find(larger, slot) = slot;
    }
    slots_ = std::move(larger);
  }

  std::vector<uint64_t> slots_ = std::vector<uint64_t>(1024);  // a power of 2
  size_t used_ = 0;
};

}  // namespace rollcall::records
