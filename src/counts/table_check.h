// The check of every row of every table: whether it can be read, has a meaning, and agrees with the
// rows of other tables that hold the same the other way round. Whether the numbers in them are
// right is checked by verify.h.
#pragma once

#include <cstdint>
#include <functional>
#include <string>

#include "storage/stores.h"

namespace rollcall::counts {

struct TableCheck {
  uint64_t tables = 0;
  uint64_t rows = 0;
  uint64_t faults = 0;
};

// Reads every table and calls `fault` with one line for each fault: "labels: label set 12: …".
// Changes nothing. Never fails: what cannot be read is a fault too.
TableCheck CheckTables(storage::Stores& stores, const storage::Snapshot& snapshot,
                       const std::function<void(const std::string&)>& fault);

}  // namespace rollcall::counts
