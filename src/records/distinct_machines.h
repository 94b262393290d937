// Distinct machines by group and place, among many millions of records. What comes is put into
// partitions by machine first, so that looking for what is distinct touches no more memory at a
// time than a processor has at hand. Plain value; one thread.
#pragma once

#include <cstddef>
#include <cstdint>
#include <unordered_map>
#include <utility>
#include <vector>

#include "records/distinct_keys.h"
#include "records/partitioned_rows.h"

namespace rollcall::records {

class DistinctMachines {
 public:
  // No day and no week: under it a machine counts once in its group, whatever the place.
  static constexpr uint32_t kAnyPlace = UINT32_MAX;

  // `counts_any_place`: whether machines are counted under kAnyPlace too.
  explicit DistinctMachines(bool counts_any_place) : counts_any_place_(counts_any_place) {}

  // `machine` is a hash of its id.
  void Add(uint32_t group, uint32_t place, uint64_t machine) {
    rows_.Add(machine, {machine, group, place});
    if (++waiting_ == kMostWaiting) Count();
  }

  // Returns how many machines there are, by group × 2^32 + place.
  std::unordered_map<uint64_t, uint64_t> Take() {
    Count();
    return std::move(counts_);
  }

 private:
  struct Row {
    uint64_t machine;
    uint32_t group;
    uint32_t place;
  };
  using Rows = PartitionedRows<Row>;
  static constexpr size_t kMostWaiting = 4'000'000;  // in 16 bytes each

  void Count() {
    if (keys_.empty()) keys_.resize(Rows::kPartitions);
    for (size_t i = 0; i < Rows::kPartitions; ++i) {
      rows_.ForEach(i, [&](const Row& row) {
        CountOne(row, row.place, keys_[i]);
        if (counts_any_place_) CountOne(row, kAnyPlace, keys_[i]);
      });
    }
    rows_ = Rows();
    waiting_ = 0;
  }

  void CountOne(const Row& row, uint32_t place, DistinctKeys& keys) {
    const uint64_t of = uint64_t{row.group} << 32 | place;
    // The machine's hash is random, so its sum with anything is.
    const uint64_t key = row.machine + (of + 1) * 0x9E3779B97F4A7C15;
    if (keys.Add(key, 0) == DistinctKeys::kNone) ++counts_[of];
  }

  const bool counts_any_place_;
  Rows rows_;
  size_t waiting_ = 0;
  std::vector<DistinctKeys> keys_;  // by partition
  std::unordered_map<uint64_t, uint64_t> counts_;
};

}  // namespace rollcall::records
