#include "storage/remove_store.h"

#include <rocksdb/db.h>
#include <rocksdb/options.h>

#include <filesystem>
#include <string_view>

#include "storage/store_files.h"
#include "storage/synced_sizes.h"

namespace rollcall::storage {

Status RemoveStore(const std::string& directory) {
  const rocksdb::Status status = rocksdb::DestroyDB(directory, rocksdb::Options());
  if (!status.ok()) {
    return Status::Unavailable("remove store " + directory + ": " + status.ToString());
  }
  // What is ours beside RocksDB's. A directory that holds anything else stays.
  std::error_code ignored;
  for (const std::string_view name : {kBeingMadeName, std::string_view(kSyncedName)}) {
    std::filesystem::remove(std::filesystem::path(directory) / name, ignored);
  }
  std::filesystem::remove(directory, ignored);
  return Status::Ok();
}

}  // namespace rollcall::storage
