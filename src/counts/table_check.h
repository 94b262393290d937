// The reading of every row of every table: whether each can be read, means something, and agrees
// with the rows of other tables that say the same the other way round. What the numbers in them
// should be is the business of verify.h.
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

// `fault` is told one line of each fault: "labels: label set 12: …". Changes nothing; a fault is no
// failure, so there is none.
TableCheck CheckTables(storage::Stores& stores, const storage::Snapshot& snapshot,
                       const std::function<void(const std::string&)>& fault);

}  // namespace rollcall::counts
