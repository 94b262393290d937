// All rows of a table that can be read, in order, around the blocks that cannot.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <string>

#include <rocksdb/db.h>

#include "base/status.h"

namespace rollcall::storage {

class ReadableRows {
 public:
  // Both outlive it.
  ReadableRows(rocksdb::DB& db, rocksdb::ColumnFamilyHandle* table) : db_(db), table_(table) {}

  // Fails where `visit` does.
  Status ForEach(const std::function<Status(rocksdb::Slice key, rocksdb::Slice value)>& visit);
  // At how many places rows could not be read, up to the row that is visited.
  uint64_t places() const { return places_; }

 private:
  using Rows = std::unique_ptr<rocksdb::Iterator>;

  Rows At(const std::string& key);
  // The nearest rows behind a key that can be read: first farther and farther, then back by halves.
  Rows Behind(const std::string& key);

  rocksdb::DB& db_;
  rocksdb::ColumnFamilyHandle* const table_;
  uint64_t places_ = 0;
};

}  // namespace rollcall::storage
