// The repair of a store whose files are damaged: what is whole is kept, what is not is said, and
// every file that is changed is kept as it was, in a directory of its own beside the store's.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "base/status.h"

namespace rollcall::storage {

struct RepairReport {
  std::vector<std::string> found;  // a line each: what is wrong
  std::vector<std::string> steps;  // a line each: what was done about it, or would be
  std::string aside;  // where the originals are; empty: nothing was, or would be, changed
};

// Looks at every file of the store that no process has open, and mends what is damaged; with
// `dry_run` only says what it would do. What was computed from rows that may have been lost is
// computed again by those who ask for it.
// FailedPrecondition: the store is in use, there is none, or nothing of it can be saved. DataLoss,
// Unavailable: a step failed, and the originals are as `aside` of the message says.
Result<RepairReport> Repair(const std::string& directory, bool dry_run);

}  // namespace rollcall::storage
