// What a MANIFEST says: RocksDB's list of which files make up which column family, and from which
// log on rows are in no file yet. Read before a store is opened, to say which table a missing file
// belongs to and which logs count.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "base/status.h"
#include "storage/log_scan.h"

namespace rollcall::storage {

struct Manifest {
  struct File {
    uint32_t level = 0;
    uint64_t bytes = 0;
  };
  struct Family {
    std::string name;
    uint64_t log = 0;                // its rows of earlier logs are in `files`
    std::map<uint64_t, File> files;  // by number
  };

  std::map<uint32_t, Family> families;
  uint64_t first_log = 0;  // logs before it are no longer needed

  // Which logs a start replays: those from this number on.
  uint64_t FirstNeededLog() const;
};

struct ManifestScan {
  LogScan scan;
  // nullopt: a record is of a kind that this program does not know, or one before it is missing.
  std::optional<Manifest> manifest;
};

// A record that takes a file out of a family's list.
std::string EncodeFileDrop(uint32_t family, uint32_t level, uint64_t number);
// A record that takes out a whole family: its files, and its rows in logs.
std::string EncodeFamilyDrop(uint32_t family);

// Writes these behind the whole records of the manifest that CURRENT names, all of them or none.
// Nobody may have the store open. Unavailable: the disk.
Status AppendToManifest(const std::string& directory, const std::vector<std::string>& records);

// Unavailable: the file cannot be read. Damage is in the scan; what is whole is in the manifest.
Result<ManifestScan> ReadManifest(const std::string& path);

}  // namespace rollcall::storage
