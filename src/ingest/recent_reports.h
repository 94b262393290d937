// The reports that were committed lately: a lossy set, read by many threads and written by one,
// without a lock. It answers "has this source lately sent these very lines?" well enough to
// skip the parser; whoever relies on the answer checks it against the source's state. Owned by
// the ingester.
#pragma once

#include <atomic>
#include <cstdint>
#include <vector>

#include "base/hash.h"

namespace rollcall::ingest {

class RecentReports {
 public:
  void Remember(const Hash128& id_hash, const Hash128& fingerprint) {
    const uint64_t tag = TagOf(id_hash, fingerprint);
    slots_[tag % kSlots].store(tag, std::memory_order_relaxed);
  }
  bool Has(const Hash128& id_hash, const Hash128& fingerprint) const {
    const uint64_t tag = TagOf(id_hash, fingerprint);
    return slots_[tag % kSlots].load(std::memory_order_relaxed) == tag;
  }

 private:
  // 16 MiB. With two streams each of 100,000 sources, about one slot in ten is overwritten by
  // another stream.
  static constexpr size_t kSlots = 1 << 21;

  static uint64_t TagOf(const Hash128& id_hash, const Hash128& fingerprint) {
    uint64_t mixed = (id_hash.low ^ fingerprint.high) * 0x9E3779B97F4A7C15ULL + fingerprint.low;
    mixed ^= mixed >> 32;
    return mixed * 0xD6E8FEB86659FD93ULL | 1;  // never the empty slot's 0
  }

  std::vector<std::atomic<uint64_t>> slots_ = std::vector<std::atomic<uint64_t>>(kSlots);
};

}  // namespace rollcall::ingest
