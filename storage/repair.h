// The repair of a store whose files are damaged: keeps what is whole, reports what is not, and
// keeps every file it changes as it was, in a directory of its own inside the store's.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "base/status.h"

namespace rollcall::storage {

struct RepairReport {
  std::vector<std::string> found;  // a line each: what is wrong
  std::vector<std::string> steps;  // a line each: what was done about it, or would be
  std::string aside;               // where the originals are; empty where no file was changed
};

// Checks every file of a store that nobody has open, and mends what is damaged; with `dry_run` only
// reports what it would do. What was computed from rows that may be lost is computed again when
// somebody asks for it. FailedPrecondition: the store is in use, there is none, or nothing of it
// can be saved. DataLoss, Unavailable: a step failed; the message says where the originals are, if
// any were kept aside.
Result<RepairReport> Repair(const std::string& directory, bool dry_run);

}  // namespace rollcall::storage
