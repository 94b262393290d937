// The check of a store's files before RocksDB opens them. It tells a write that a power failure cut
// short, which is normal, from stored bytes that are missing or changed. RocksDB would take the
// latter for the former, leave out whatever follows, and delete the log.
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
  uint64_t number = 0;  // of the file; 0 for CURRENT
  std::string what;     // "000012.log: 4096 bytes, 8192 were stored"
  std::string table;    // kTable only: its column family
};

struct FileCheck {
  StoreFiles files;
  // nullopt: it cannot be read or not understood; then table files were not checked.
  std::optional<Manifest> manifest;
  std::vector<FileDamage> damages;

  // Returns Ok where there is no damage, else DataLoss with the first damage and how many there are
  // in all.
  Status status(const std::string& directory) const;
};

// Checks the files of a store, also of one whose CURRENT is missing, and changes nothing. Of table
// files it checks only that they are there and their size: their blocks have checksums, which
// RocksDB verifies. FailedPrecondition, Unavailable: the directory or a file cannot be read.
Result<FileCheck> CheckFiles(const std::string& directory);

}  // namespace rollcall::storage
