// The RocksDB of a store that no Store has open, for those who mend it: nothing runs in it by
// itself, so no compaction meets a damaged block. Goes with the object. One thread.
#pragma once

#include <array>
#include <memory>
#include <span>
#include <string>

#include <rocksdb/db.h>

#include "base/status.h"
#include "storage/tables.h"

namespace rollcall::storage {

rocksdb::Options PlainOptions(const std::string& directory, Table table);

class PlainDatabase {
 public:
  // Opens all tables, and makes those that are not there. DataLoss: not with these files.
  static Result<std::unique_ptr<PlainDatabase>> ToWrite(const std::string& directory);
  // Opens these tables alone, as they are in files and log; changes nothing.
  static Result<std::unique_ptr<PlainDatabase>> ToRead(const std::string& directory,
                                                       std::span<const Table> tables);
  ~PlainDatabase();
  PlainDatabase(const PlainDatabase&) = delete;
  PlainDatabase& operator=(const PlainDatabase&) = delete;

  rocksdb::DB& db() { return *db_; }
  // Null where it is not open.
  rocksdb::ColumnFamilyHandle*& table(Table t) { return tables_[static_cast<size_t>(t)]; }
  // Of kMeta; 0 where there is none.
  Result<uint32_t> NumberOf(const char* name);

 private:
  PlainDatabase() = default;
  Status Open(const std::string& directory, std::span<const Table> tables, bool to_write);

  std::unique_ptr<rocksdb::DB> db_;
  std::array<rocksdb::ColumnFamilyHandle*, kTables.size()> tables_{};
};

}  // namespace rollcall::storage
