#include "storage/remove_store.h"

#include <rocksdb/db.h>
#include <rocksdb/options.h>

namespace rollcall::storage {

Status RemoveStore(const std::string& directory) {
  const rocksdb::Status status = rocksdb::DestroyDB(directory, rocksdb::Options());
  if (status.ok()) return Status::Ok();
  return Status::Unavailable("remove store " + directory + ": " + status.ToString());
}

}  // namespace rollcall::storage
