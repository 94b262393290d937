// How the store uses RocksDB: the options of the database and of each table. For the files of this
// folder that open a database.
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

// Without what concerns one process alone: the file system, listeners, whether a store is made.
rocksdb::Options DatabaseOptions(const StoreOptions& options);
rocksdb::ColumnFamilyOptions TableOptions(const TableRow& table, const StoreOptions& options,
                                          const std::shared_ptr<rocksdb::Cache>& cache);
std::shared_ptr<rocksdb::Cache> NewBlockCache(size_t bytes);

}  // namespace rollcall::storage
