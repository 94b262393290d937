// The rescue of the rows of a damaged table: what can be read is written anew, around the blocks
// that cannot. For repair.cc.
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
// Reads all blocks of a file of a table. kWhole: nothing of it can be read.
TableFault CheckTableFile(const std::string& path);

struct TableRescue {
  Table table{};
  uint64_t rows = 0;
  uint64_t places = 0;  // where rows could not be read
};

// Which totals are computed again.
enum class Computed {
  kOpenWindows,  // all but those of closed months that an overview was given of
  kWindows,      // all
};

// Writes these tables of a closed store anew, and drops what is computed, where retention has not
// taken what it comes from. The files are such that RocksDB opens them. `scratch`: a directory to
// work in, on the same disk.
Result<std::vector<TableRescue>> RescueTables(const std::string& directory,
                                              const std::vector<Table>& tables, Computed computed,
                                              const std::string& scratch);

}  // namespace rollcall::storage
