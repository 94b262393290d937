// The handling of damage in the counted tables, which are computed from others: totals, windows,
// periods, and the columns, the index and the groups of records. It does not keep the store from
// being opened: these tables are dropped as a whole, and whoever wants their numbers has them
// counted again from peaks and chunks, as for a month that nobody has asked for yet, columns and
// index are written again by the start, and groups by a job. One thread.
#pragma once

#include <string>
#include <vector>

#include "base/status.h"
#include "storage/aside.h"
#include "storage/file_check.h"
#include "storage/tables.h"

namespace rollcall::storage {

constexpr bool IsCounted(Table table) {
  return table == Table::kTotals || table == Table::kWindows || table == Table::kPeriods ||
         table == Table::kRecordColumns || table == Table::kRecordMachines ||
         table == Table::kRecordGroups;
}

struct CountedDamage {
  std::vector<Table> tables;      // that must not be read any more
  std::vector<std::string> what;  // "000012.sst of totals: 100 bytes, 8192 were stored"
  // Whether all files can be opened, so that the rows around the damage can be read.
  bool has_all_files = true;

  bool any() const { return !tables.empty(); }
  // The tables' names: "totals, windows".
  std::string Names() const;
};

// Reads all blocks of these tables' files, and returns the damage: what it finds, and what `check`
// found in these tables, which it takes out of `check`.
CountedDamage TakeCountedDamage(const std::string& directory, FileCheck& check);

// Drops the damaged tables of a store that nobody has open, and keeps their files in `aside`.
// Requires that no other damage keeps the store from being opened. Periods that cannot be counted
// again, because retention has dropped their reports, stay where all their rows can be read.
// FailedPrecondition, Unavailable: the store is in use, or the disk failed.
Status DropCounted(const std::string& directory, const CountedDamage& damage, Aside& aside);

}  // namespace rollcall::storage
