// The content of a MANIFEST: RocksDB's list of which files make up which column family, and from
// which log on rows are in no table file yet. Read before a store is opened, to say which table a
// missing file belongs to and which logs count. Plain values and functions.
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
    uint64_t log = 0;                // rows of logs before this one are in `files`
    std::map<uint64_t, File> files;  // by number
  };

  std::map<uint32_t, Family> families;
  uint64_t first_log = 0;  // logs before it are no longer needed

  // Returns the number of the first log that a start replays; it replays all later ones too.
  uint64_t FirstNeededLog() const;
};

struct ManifestScan {
  LogScan scan;
  // nullopt: a record is of an unknown kind, or one that it builds on is missing.
  std::optional<Manifest> manifest;
};

// Returns a record that removes a file from a family's list.
std::string EncodeFileDrop(uint32_t family, uint32_t level, uint64_t number);
// Returns a record that drops a whole family: its files, and its rows in logs.
std::string EncodeFamilyDrop(uint32_t family);

// Appends records to the manifest that CURRENT names, after its whole records: all of them or none.
// Requires that nobody has the store open. Unavailable: the disk failed.
Status AppendToManifest(const std::string& directory, const std::vector<std::string>& records);

// Reads a manifest. Damage is reported in the scan; the manifest has what the whole records say.
// Unavailable: the file cannot be read.
Result<ManifestScan> ReadManifest(const std::string& path);

}  // namespace rollcall::storage
