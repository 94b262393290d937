// The rescue of a damaged table's rows: those that can be read are written anew, around the blocks
// that cannot. For repair.cc. One thread.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "base/status.h"
#include "storage/tables.h"

namespace rollcall::storage {

struct TableFault {
  enum class Kind { kNone, kBlocks, kWhole };
  Kind kind = Kind::kNone;
  std::string reason;
};
// Reads all blocks of a table file. kWhole: nothing of it can be read.
TableFault CheckTableFile(const std::string& path);

struct TableRescue {
  Table table{};
  uint64_t rows = 0;
  uint64_t places = 0;  // where rows could not be read
};

// Which months' totals are computed again.
enum class Computed {
  kOpenWindows,  // all but closed months whose overview was given out
  kWindows,      // all
};

// Writes these tables of a closed store anew, and drops the totals that are to be computed again,
// where retention has not dropped what they come from. Requires that RocksDB can open the files.
// `scratch` is a directory for temporary files, on the same disk.
Result<std::vector<TableRescue>> RescueTables(const std::string& directory,
                                              const std::vector<Table>& tables, Computed computed,
                                              const std::string& scratch);

}  // namespace rollcall::storage
