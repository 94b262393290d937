// The RocksDB side of a Store. For those files of this folder that implement Store.
#pragma once

#include <atomic>
#include <memory>
#include <vector>

#include <rocksdb/cache.h>
#include <rocksdb/db.h>
#include <rocksdb/env.h>

#include "storage/directory_lock.h"
#include "storage/free_space.h"
#include "storage/rocks_events.h"
#include "storage/rocks_files.h"
#include "storage/store.h"
#include "storage/synced_sizes.h"
#include "storage/upkeep.h"

namespace rollcall::storage {

struct Store::Impl {
  explicit Impl(const StoreOptions& options)
      : space(options.directory, options.min_free_bytes),
        files(std::make_shared<RocksFiles>(
            NewSyncedSizesFileSystem(options.disk ? options.disk : rocksdb::FileSystem::Default(),
                                     options.directory),
            options.directory, space)),
        env(rocksdb::NewCompositeEnv(files)) {}

  bool read_only = false;
  std::unique_ptr<DirectoryLock> lock;  // only where read_only; otherwise RocksDB locks
  FreeSpace space;
  const std::shared_ptr<RocksFiles> files;
  const std::unique_ptr<rocksdb::Env> env;
  const std::shared_ptr<BackgroundErrors> errors = std::make_shared<BackgroundErrors>();
  std::unique_ptr<rocksdb::DB> db;
  // By Table. In a read_only store null for a table that it does not have, or reads as empty
  // because of damage. Where opening failed it ends with those that were made.
  std::vector<rocksdb::ColumnFamilyHandle*> tables;
  std::shared_ptr<rocksdb::Cache> cache;
  std::unique_ptr<Upkeep> upkeep;  // null where read_only, and where opening failed
  std::atomic<bool> is_purging{false};
  Impl* left_before = nullptr;  // of those that could not be closed

  rocksdb::ColumnFamilyHandle* table(Table t) const { return tables[static_cast<size_t>(t)]; }
  std::unique_ptr<rocksdb::Iterator> NewIterator(Table t, const rocksdb::ReadOptions& read) const {
    return std::unique_ptr<rocksdb::Iterator>(
        table(t) == nullptr ? rocksdb::NewEmptyIterator() : db->NewIterator(read, table(t)));
  }
};

inline Store::Impl& ImplOf(Store& store) { return *store.impl_; }

}  // namespace rollcall::storage
