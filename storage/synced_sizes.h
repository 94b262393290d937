// How many bytes of each log and manifest were synced: kept beside the store, in a file of its own,
// so that what was stored and is gone can be told from what a power failure cut off before anybody
// was told that it is stored. RocksDB knows neither that a log is shorter than it was, nor that the
// latest one is not there.
//
// A row is written after each sync and is not itself synced, so it costs a commit one small write.
// After a power failure a row may be behind, never ahead: each is a lower bound.
#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <string>

#include <rocksdb/file_system.h>

namespace rollcall::storage {

inline constexpr const char* kSyncedName = "SYNCED";

// Bytes by the file's name. Rows that are damaged, or were never written, are not there.
std::map<std::string, uint64_t> ReadSyncedSizes(const std::string& directory);

// `disk`, and the rows of one directory kept up to date. Thread-safe. Where the file of the rows
// cannot be written there are no rows, and all else works.
std::shared_ptr<rocksdb::FileSystem> NewSyncedSizesFileSystem(
    const std::shared_ptr<rocksdb::FileSystem>& disk, const std::string& directory);

}  // namespace rollcall::storage
