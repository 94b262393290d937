// Damage in the tables that are counted from others: totals, windows, periods. It keeps nobody from
// opening the store: they are dropped as a whole, and whoever wants their numbers has them counted
// from peaks and chunks, as for a month that nobody asked for yet.
#pragma once

#include <string>
#include <vector>

#include "base/status.h"
#include "storage/aside.h"
#include "storage/file_check.h"
#include "storage/tables.h"

namespace rollcall::storage {

constexpr bool IsCounted(Table table) {
  return table == Table::kTotals || table == Table::kWindows || table == Table::kPeriods;
}

struct CountedDamage {
  std::vector<Table> tables;      // of which nothing is to be read any more
  std::vector<std::string> what;  // "000012.sst of totals: 100 bytes, 8192 were stored"
  // Whether all files can be opened, and what is around the damage be read.
  bool has_all_files = true;

  bool any() const { return !tables.empty(); }
  // "totals, windows"
  std::string Names() const;
};

// Reads all blocks of these tables' files. What it finds, and what `check` found of them, is in the
// result and no more in `check`.
CountedDamage TakeCountedDamage(const std::string& directory, FileCheck& check);

// Drops the tables of a store that is not open, and is left without other damage that keeps it from
// being opened; their files are kept in `aside`. Stays what retention took the reports of, where
// every row of it can be read. FailedPrecondition, Unavailable: the store is in use, the disk.
Status DropCounted(const std::string& directory, const CountedDamage& damage, Aside& aside);

}  // namespace rollcall::storage
