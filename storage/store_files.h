// The files of a store, by their names: what is there before anything is opened, and the mark of a
// store that is being made. RocksDB numbers its files, and never uses a number twice.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "base/status.h"

namespace rollcall::storage {

inline constexpr std::string_view kCurrentName = "CURRENT";  // names the manifest that counts
// There while a store is being made, from before its first file to after its first row. Nobody was
// told anything of such a store, so its making may go on from wherever it stopped.
inline constexpr std::string_view kBeingMadeName = "CREATING";

// Numbers ascend.
struct StoreFiles {
  std::vector<uint64_t> logs;
  std::vector<uint64_t> manifests;
  std::vector<uint64_t> tables;
  bool has_identity = false;
  bool has_current = false;
  bool is_being_made = false;

  // Whether a store was here: then none is made in its place.
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

// No files where there is no such directory. FailedPrecondition: it cannot be read.
Result<StoreFiles> ListStoreFiles(const std::string& directory);

// The number of the manifest that CURRENT names. DataLoss: CURRENT cannot be read, or names none.
Result<uint64_t> ReadCurrent(const std::string& directory);

// The mark, durable before this returns. Unavailable: the disk.
Status MarkBeingMade(const std::string& directory);
Status MarkMade(const std::string& directory);

// Makes names that were added to, or taken out of, a directory durable.
Status SyncDirectory(const std::string& directory);
// A file with these bytes and no others, all of it or none at any crash.
Status ReplaceFile(const std::string& directory, std::string_view name, std::string_view bytes);

}  // namespace rollcall::storage
