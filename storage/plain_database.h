// The RocksDB of a store that no Store has open, for its repair: nothing runs in the background, so
// no compaction meets a damaged block. Closed by the destructor. One thread.
#pragma once

#include <array>
#include <memory>
#include <span>
#include <string>

#include <rocksdb/db.h>

#include "base/status.h"
#include "storage/tables.h"

namespace rollcall::storage {

// The options for opening a database, and for a table's files on their own.
rocksdb::Options PlainOptions(const std::string& directory, Table table);

class PlainDatabase {
 public:
  // Opens all tables, and creates those that are missing. DataLoss: these files cannot be opened.
  static Result<std::unique_ptr<PlainDatabase>> ToWrite(const std::string& directory);
  // Opens only these tables, as they are in files and log; changes nothing.
  static Result<std::unique_ptr<PlainDatabase>> ToRead(const std::string& directory,
                                                       std::span<const Table> tables);
  ~PlainDatabase();
  PlainDatabase(const PlainDatabase&) = delete;
  PlainDatabase& operator=(const PlainDatabase&) = delete;

  rocksdb::DB& db() { return *db_; }
  // The table's handle; null where it is not open.
  rocksdb::ColumnFamilyHandle*& table(Table t) { return tables_[static_cast<size_t>(t)]; }
  // Returns a number in kMeta; 0 where there is none.
  Result<uint32_t> NumberOf(const char* name);

 private:
  PlainDatabase() = default;
  Status Open(const std::string& directory, std::span<const Table> tables, bool to_write);

  std::unique_ptr<rocksdb::DB> db_;
  std::array<rocksdb::ColumnFamilyHandle*, kTables.size()> tables_{};
};

}  // namespace rollcall::storage
