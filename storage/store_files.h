// The files of a store by name: what is there before anything is opened, and the mark of a store
// that is being created. RocksDB numbers its files, and never uses a number twice. Plain functions.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "base/status.h"

namespace rollcall::storage {

inline constexpr std::string_view kCurrentName = "CURRENT";  // names the manifest that counts
// Exists while a store is being created, from before its first file until after its first row.
// Nobody was told anything of such a store, so its creation may go on from wherever it stopped.
inline constexpr std::string_view kBeingMadeName = "CREATING";

// A folder: while it is there, the directory is no store, and what is in either is of a restore
// that is under way or was interrupted (storage/backup.h).
inline constexpr std::string_view kRestoringName = "RESTORING";

// All numbers ascend.
struct StoreFiles {
  std::vector<uint64_t> logs;
  std::vector<uint64_t> manifests;
  std::vector<uint64_t> tables;
  bool has_identity = false;
  bool has_current = false;
  bool is_being_made = false;
  bool is_being_restored = false;

  // Whether there was a store; then none is created in its place.
  bool any() const {
    return has_current || has_identity || !logs.empty() || !manifests.empty() || !tables.empty();
  }
  // "MANIFEST-000005, 000009.sst and 17 more"
  std::string ToString() const;
};

std::string LogName(uint64_t number);       // 000012.log
std::string ManifestName(uint64_t number);  // MANIFEST-000012
std::string TableName(uint64_t number);     // 000012.sst
std::string PathOf(const std::string& directory, std::string_view name);

// Returns the files of a store; none where the directory does not exist. FailedPrecondition: it
// cannot be read.
Result<StoreFiles> ListStoreFiles(const std::string& directory);

// Returns the number of the manifest that CURRENT names. DataLoss: it names none or is unreadable.
Result<uint64_t> ReadCurrent(const std::string& directory);

// Create and remove the mark, durably before they return. Unavailable: the disk failed.
Status MarkBeingMade(const std::string& directory);
Status MarkMade(const std::string& directory);

// Makes names that were added to or removed from a directory durable. Unavailable: the disk failed.
Status SyncDirectory(const std::string& directory);
// Creates or replaces a file so that after a crash it has all of the new bytes or none.
// Unavailable: the disk failed.
Status ReplaceFile(const std::string& directory, std::string_view name, std::string_view bytes);

}  // namespace rollcall::storage
