#include "storage/plain_database.h"

#include <vector>

#include "storage/coding.h"
#include "storage/rocks_options.h"
#include "storage/rocks_status.h"

namespace rollcall::storage {

rocksdb::Options PlainOptions(const std::string& directory, Table table) {
  StoreOptions store;
  store.directory = directory;
  rocksdb::Options options(
      DatabaseOptions(store),
      TableOptions(RowOf(table), store, NewBlockCache(store.block_cache_bytes)));
  options.disable_auto_compactions = true;
  return options;
}

Result<std::unique_ptr<PlainDatabase>> PlainDatabase::ToWrite(const std::string& directory) {
  std::vector<Table> all;
  all.reserve(kTables.size());
  for (const TableRow& row : kTables) all.push_back(row.table);
  std::unique_ptr<PlainDatabase> database(new PlainDatabase());
  ROLLCALL_RETURN_IF_ERROR(database->Open(directory, all, true));
  return database;
}

Result<std::unique_ptr<PlainDatabase>> PlainDatabase::ToRead(const std::string& directory,
                                                             std::span<const Table> tables) {
  std::unique_ptr<PlainDatabase> database(new PlainDatabase());
  ROLLCALL_RETURN_IF_ERROR(database->Open(directory, tables, false));
  return database;
}

Status PlainDatabase::Open(const std::string& directory, std::span<const Table> tables,
                           bool to_write) {
  std::vector<rocksdb::ColumnFamilyDescriptor> families;
  for (const Table table : tables) {
    families.emplace_back(std::string(RowOf(table).name), PlainOptions(directory, table));
  }
  rocksdb::Options options = PlainOptions(directory, Table::kMeta);
  options.create_missing_column_families = to_write;
  std::vector<rocksdb::ColumnFamilyHandle*> handles;
  rocksdb::DB* db = nullptr;
  const rocksdb::Status s =
      to_write ? rocksdb::DB::Open(options, directory, families, &handles, &db)
               : rocksdb::DB::OpenForReadOnly(options, directory, families, &handles, &db);
  db_.reset(db);
  if (!s.ok()) return OpenFailure(directory, s);
  for (size_t i = 0; i < tables.size(); ++i) table(tables[i]) = handles[i];
  return Status::Ok();
}

PlainDatabase::~PlainDatabase() {
  if (!db_) return;
  for (rocksdb::ColumnFamilyHandle* const handle : tables_) {
    if (handle != nullptr) db_->DestroyColumnFamilyHandle(handle).PermitUncheckedError();
  }
  db_->Close().PermitUncheckedError();
}

Result<uint32_t> PlainDatabase::NumberOf(const char* name) {
  std::string value;
  const rocksdb::Status s = db_->Get({}, table(Table::kMeta), name, &value);
  if (s.IsNotFound()) return uint32_t{0};
  if (!s.ok()) return FromRocks("read " + std::string(name), s);
  return Reader(value).Varint32();
}

}  // namespace rollcall::storage
