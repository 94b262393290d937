// The sort of imported samples. Pure functions.
#pragma once

#include <cstdint>
#include <span>
#include <vector>

namespace rollcall::ingest {

struct KeyedValue {
  uint64_t key;
  double value;
};

// Sorts by key; equal keys keep their order. Linear in the number of items. Overwrites `scratch`,
// which the caller keeps so that it is allocated only once.
void SortByKey(std::span<KeyedValue> items, std::vector<KeyedValue>& scratch);

}  // namespace rollcall::ingest
