// Which series a line's text is of: the bytes before the value, by their hash. Lossy and bounded: what
// is forgotten is parsed again. Owned by the import's reader; one thread.
#pragma once

#include <cstdint>
#include <optional>
#include <vector>

#include "base/hash.h"

namespace rollcall::ingest {

class SeriesCache {
 public:
  // Fetches what Find will look at into the processor's cache.
  void Prefetch(const Hash128& hash) const { __builtin_prefetch(&pairs_[PairOf(hash.low)]); }

  std::optional<uint32_t> Find(const Hash128& hash) const {
    const Pair& pair = pairs_[PairOf(hash.low)];
    for (const Slot& slot : pair.slots) {
      if (slot.tag == hash.high && slot.number != 0) return slot.number - 1;
    }
    return std::nullopt;
  }

  // Replaces the older one of the pair that it falls into.
  void Remember(const Hash128& hash, uint32_t series) {
    if (used_ * 2 > pairs_.size() && pairs_.size() < kMostPairs) Grow();
    Put({hash.high, static_cast<uint32_t>(hash.low), series + 1});
  }

 private:
  // The part of the hash that is not kept finds the pair.
  struct Slot {
    uint64_t tag = 0;
    uint32_t low = 0;
    uint32_t number = 0;  // the series' plus 1; 0: free
  };
  // Never on two cache lines.
  struct alignas(32) Pair {
    Slot slots[2];
  };
  static constexpr size_t kFirstPairs = 1 << 12;
  static constexpr size_t kMostPairs = 1 << 21;  // 64 MiB

  size_t PairOf(uint64_t low) const { return low & (pairs_.size() - 1); }

  void Put(const Slot& slot) {
    Pair& pair = pairs_[PairOf(slot.low)];
    used_ += pair.slots[1].number == 0;
    pair.slots[1] = pair.slots[0];
    pair.slots[0] = slot;
  }

  void Grow() {
    std::vector<Pair> old(pairs_.size() * 4);
    old.swap(pairs_);
    used_ = 0;
    for (const Pair& pair : old) {
      for (const Slot& slot : {pair.slots[1], pair.slots[0]}) {
        if (slot.number != 0) Put(slot);
      }
    }
  }

  std::vector<Pair> pairs_ = std::vector<Pair>(kFirstPairs);
  size_t used_ = 0;
};

}  // namespace rollcall::ingest
