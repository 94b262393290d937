// The options that the store opens RocksDB with, for the database and for each table. For those
// files of this folder that open a database.
#pragma once

#include <memory>
#include <string_view>

#include <rocksdb/cache.h>
#include <rocksdb/options.h>
#include <rocksdb/slice.h>

#include "storage/store.h"
#include "storage/tables.h"

namespace rollcall::storage {

inline rocksdb::Slice ToSlice(std::string_view v) { return {v.data(), v.size()}; }

// Returns the options of the database, except those that concern only one process: the file system,
// listeners, and whether a store may be created.
rocksdb::Options DatabaseOptions(const StoreOptions& options);
rocksdb::ColumnFamilyOptions TableOptions(const TableRow& table, const StoreOptions& options,
                                          const std::shared_ptr<rocksdb::Cache>& cache);
std::shared_ptr<rocksdb::Cache> NewBlockCache(size_t bytes);

}  // namespace rollcall::storage
