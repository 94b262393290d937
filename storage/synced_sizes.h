// The record of how many bytes of each log and manifest were synced, in a file of its own beside
// them. It tells stored bytes that are gone from bytes that a power failure cut off before anybody
// was told that they were stored. RocksDB notices neither that a log is shorter than it was, nor
// that the latest one is missing.
//
// A row is written after each sync and is not itself synced, so it costs a commit one small write.
// After a power failure a row may be too low, never too high: it is a lower bound.
#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <string>

#include <rocksdb/file_system.h>

namespace rollcall::storage {

inline constexpr const char* kSyncedName = "SYNCED";

// Returns the synced bytes by file name. Damaged rows, and rows never written, are left out.
std::map<std::string, uint64_t> ReadSyncedSizes(const std::string& directory);

// Returns `disk` with a layer that keeps the rows of one directory up to date. Where their file
// cannot be written there are no rows, and everything else works. Thread-safe.
std::shared_ptr<rocksdb::FileSystem> NewSyncedSizesFileSystem(
    const std::shared_ptr<rocksdb::FileSystem>& disk, const std::string& directory);

}  // namespace rollcall::storage
