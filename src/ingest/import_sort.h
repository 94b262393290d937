// Sorts what an import brought. Pure functions.
#pragma once

#include <cstdint>
#include <span>
#include <vector>

namespace rollcall::ingest {

struct KeyedValue {
  uint64_t key;
  double value;
};

// By key; equal keys keep their order. Linear in the number of items. `scratch` is overwritten, and
// kept by the caller so that it is allocated once.
void SortByKey(std::span<KeyedValue> items, std::vector<KeyedValue>& scratch);

}  // namespace rollcall::ingest
