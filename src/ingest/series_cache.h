// A cache from the text of a series, the bytes of a line before its value, to its number; the key
// is their hash. Lossy and bounded: what is forgotten is parsed again. Owned by the import's
// reader; one thread.
#pragma once

#include <algorithm>
#include <array>
#include <cstdint>
#include <optional>
#include <vector>

#include "base/hash.h"

namespace rollcall::ingest {

class SeriesCache {
 public:
  // Loads what Find will look at into the processor's cache.
  void Prefetch(const Hash128& hash) const { __builtin_prefetch(&buckets_[BucketOf(hash.low)]); }

  // Returns the number of the series; nullopt: not in the cache.
  std::optional<uint32_t> Find(const Hash128& hash) const {
    for (const Slot& slot : buckets_[BucketOf(hash.low)].slots) {
      if (slot.tag == hash.high && slot.number != 0) return slot.number - 1;
    }
    return std::nullopt;
  }

  // Adds a series, in place of the oldest one of its bucket if that is full.
  void Remember(const Hash128& hash, uint32_t series) {
    if (used_ * 2 > buckets_.size() && buckets_.size() < kMostBuckets) Grow();
    Put({hash.high, static_cast<uint32_t>(hash.low), series + 1});
  }

 private:
  // The part of the hash that is not kept selects the bucket.
  struct Slot {
    uint64_t tag = 0;
    uint32_t low = 0;
    uint32_t number = 0;  // the number of the series plus 1; 0: free
  };
  // One cache line. At one series for every two buckets, 1 in 500 finds its bucket full.
  struct alignas(64) Bucket {
    std::array<Slot, 4> slots;  // newest first
  };
  static constexpr size_t kFirstBuckets = 1 << 12;
  static constexpr size_t kMostBuckets = 1 << 20;  // 64 MiB

  size_t BucketOf(uint64_t low) const { return low & (buckets_.size() - 1); }

  void Put(const Slot& slot) {
    Bucket& bucket = buckets_[BucketOf(slot.low)];
    used_ += bucket.slots.back().number == 0;
    std::shift_right(bucket.slots.begin(), bucket.slots.end(), 1);
    bucket.slots.front() = slot;
  }

  void Grow() {
    std::vector<Bucket> old(buckets_.size() * 4);
    old.swap(buckets_);
    used_ = 0;
    for (Bucket& bucket : old) {
      std::reverse(bucket.slots.begin(), bucket.slots.end());
      for (const Slot& slot : bucket.slots) {
        if (slot.number != 0) Put(slot);
      }
    }
  }

  std::vector<Bucket> buckets_ = std::vector<Bucket>(kFirstBuckets);
  size_t used_ = 0;
};

}  // namespace rollcall::ingest
