#include "storage/rocks_options.h"

#include <rocksdb/filter_policy.h>
#include <rocksdb/table.h>
#include <rocksdb/utilities/table_properties_collectors.h>

#include "storage/append_operator.h"
#include "storage/peaks_operator.h"
#include "storage/rocks_events.h"

namespace rollcall::storage {
namespace {

// 8 shards, so that one is not too small for the blocks it is to hold; few threads read at a time.
constexpr int kCacheShardBits = 3;

// A file is compacted where so many of so many rows in a row are deletions.
constexpr size_t kRowsLookedAt = 4'096;
constexpr size_t kMostDeletedRows = 1'024;

// A start replays what the log holds: this keeps it well under a second.
constexpr uint64_t kMaxLogBytes = 64 * 1024 * 1024;

// A manifest has keys of files that are gone; one that is longer is written anew, so a purge need
// not wait for that (purge.h). Most are not much shorter.
constexpr size_t kMaxManifestBytes = 8 * 1024;

std::shared_ptr<rocksdb::MergeOperator> OperatorOf(Merging merging) {
  switch (merging) {
    case Merging::kAppend:
      return NewAppendOperator();
    case Merging::kPeaks:
      return NewPeaksOperator();
    case Merging::kNone:
      break;
  }
  return nullptr;
}

}  // namespace

std::shared_ptr<rocksdb::Cache> NewBlockCache(size_t bytes) {
  return rocksdb::NewLRUCache(bytes, kCacheShardBits);
}

rocksdb::Options DatabaseOptions(const StoreOptions& options) {
  rocksdb::Options db;
  db.max_total_wal_size = kMaxLogBytes;
  db.max_manifest_file_size = kMaxManifestBytes;
  db.db_write_buffer_size = options.write_buffer_bytes;
  db.max_background_jobs = 2;
  db.max_open_files = options.max_open_files;
  db.info_log = NewRocksLog();
  // Upkeep recovers, and nobody else.
  db.max_bgerror_resume_count = 0;
  return db;
}

rocksdb::ColumnFamilyOptions TableOptions(const TableRow& table, const StoreOptions& options,
                                          const std::shared_ptr<rocksdb::Cache>& cache) {
  rocksdb::ColumnFamilyOptions cf;
  cf.level_compaction_dynamic_level_bytes = true;
  // The first entry is level 0, the second the level that data settles in.
  cf.compression_per_level = {rocksdb::kNoCompression, rocksdb::kZSTD};
  cf.write_buffer_size = options.write_buffer_bytes / 2;
  cf.merge_operator = OperatorOf(table.merging);

  rocksdb::BlockBasedTableOptions blocks;
  blocks.block_cache = cache;
  // Filters and indexes in small partitions: a whole filter of a large file would not fit a shard
  // of the cache, and each read of a row would load it anew.
  blocks.cache_index_and_filter_blocks = true;
  blocks.index_type = rocksdb::BlockBasedTableOptions::kTwoLevelIndexSearch;
  blocks.partition_filters = true;
  blocks.metadata_block_size = 4096;
  blocks.pin_top_level_index_and_filter = true;
  blocks.block_size = 16 * 1024;
  if (table.table == Table::kRecords) {
    // A page of records reads rows from all over the table: small blocks, packed with a dictionary,
    // for alone they have little in common.
    blocks.block_size = 4 * 1024;
    cf.compression_opts.max_dict_bytes = 16 * 1024;
    cf.compression_opts.zstd_max_train_bytes = 1024 * 1024;
    cf.compression_opts.max_dict_buffer_bytes = 4 * 1024 * 1024;
  }
  if (table.table == Table::kRecords || table.table == Table::kRecordMachines ||
      table.table == Table::kRecordGroups) {
    // What retention deletes between rows that stay gives its room back soon, not when new rows
    // happen to come near.
    cf.table_properties_collector_factories.push_back(
        rocksdb::NewCompactOnDeletionCollectorFactory(kRowsLookedAt, kMostDeletedRows));
  }
  blocks.format_version = 5;
  if (table.has_filter) blocks.filter_policy.reset(rocksdb::NewBloomFilterPolicy(10));
  cf.table_factory.reset(rocksdb::NewBlockBasedTableFactory(blocks));
  return cf;
}

}  // namespace rollcall::storage
