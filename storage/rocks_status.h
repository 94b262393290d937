// RocksDB's statuses as ours. Pure functions.
#pragma once

#include <string>

#include <rocksdb/status.h>

#include "base/status.h"

namespace rollcall::storage {

// Returns the status of a step that failed with `s`.
Status FromRocks(const std::string& step, const rocksdb::Status& s);
// Returns the status of a store that could not be opened. FailedPrecondition: in use by another
// process, or no rights to write there; DataLoss: damaged.
Status OpenFailure(const std::string& directory, const rocksdb::Status& s);

}  // namespace rollcall::storage
