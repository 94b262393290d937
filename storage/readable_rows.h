// The readable rows of a damaged table, in order, around the damaged blocks. One thread.
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
  // Both must outlive it.
  ReadableRows(rocksdb::DB& db, rocksdb::ColumnFamilyHandle* table) : db_(db), table_(table) {}

  // Calls `visit` with each row that can be read, in order. Fails only where `visit` does, which
  // ends it.
  Status ForEach(const std::function<Status(rocksdb::Slice key, rocksdb::Slice value)>& visit);
  // How many gaps of unreadable rows there were so far; during a visit, before the row visited.
  uint64_t places() const { return places_; }

 private:
  using Rows = std::unique_ptr<rocksdb::Iterator>;

  Rows At(const std::string& key);
  // Returns the first rows after a key that can be read: searches in growing steps, then back by
  // halves. Null where there are none.
  Rows Behind(const std::string& key);

  rocksdb::DB& db_;
  rocksdb::ColumnFamilyHandle* const table_;
  uint64_t places_ = 0;
};

}  // namespace rollcall::storage
