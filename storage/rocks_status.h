// RocksDB's statuses in our words.
#pragma once

#include <string>

#include <rocksdb/status.h>

#include "base/status.h"

namespace rollcall::storage {

// Of a step that failed.
Status FromRocks(const std::string& step, const rocksdb::Status& s);
// Of a store in this directory that could not be opened.
Status OpenFailure(const std::string& directory, const rocksdb::Status& s);

}  // namespace rollcall::storage
