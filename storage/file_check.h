// The look at a store's files that comes before RocksDB's: it tells a write that a power failure
// cut off, which is normal, from bytes that were stored and are not there or not what they were.
// RocksDB takes the second for the first, leaves out what follows, and deletes the log.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "base/status.h"
#include "storage/manifest.h"
#include "storage/store_files.h"

namespace rollcall::storage {

struct FileDamage {
  enum class Kind { kCurrent, kManifest, kLog, kTable };
  Kind kind = Kind::kLog;
  uint64_t number = 0;  // of the file; 0 of CURRENT
  std::string what;     // "000012.log: 4096 bytes, 8192 were stored"
  std::string table;    // of a kTable: the column family
};

struct FileCheck {
  StoreFiles files;
  // nullopt: it cannot be read, or not understood; then tables were not looked at.
  std::optional<Manifest> manifest;
  std::vector<FileDamage> damages;

  // Ok, or DataLoss with the first of them and how many there are.
  Status status(const std::string& directory) const;
};

// Looks at the files of a store that has a CURRENT or lacks one, and changes nothing. Of tables
// only whether they are there, and their size: their blocks have checksums that RocksDB looks at.
// FailedPrecondition, Unavailable: the directory or a file cannot be read.
Result<FileCheck> CheckFiles(const std::string& directory);

}  // namespace rollcall::storage
