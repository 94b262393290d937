#include "storage/store.h"

#include <chrono>
#include <filesystem>
#include <random>

#include <rocksdb/cache.h>
#include <rocksdb/convenience.h>
#include <rocksdb/db.h>
#include <rocksdb/filter_policy.h>
#include <rocksdb/options.h>
#include <rocksdb/table.h>
#include <rocksdb/write_batch.h>

#include "base/log.h"
#include "storage/append_operator.h"
#include "storage/coding.h"
#include "storage/peaks_operator.h"
#include "storage/rocks_events.h"
#include "storage/transaction.h"

namespace rollcall::storage {
namespace {

constexpr std::string_view kFormatVersionName = "format_version";
constexpr std::string_view kHashSeedName = "hash_seed";
// Says nothing: a write of it shows that the store can be written.
constexpr std::string_view kProbeName = "probe";
constexpr std::string_view kProbeValue("\0", 1);

// While the disk is full each try to recover writes to it until it is full again.
constexpr std::chrono::seconds kRecoveryInterval{1};

// 8 shards, so that one is not too small for the blocks it is to hold; few threads read at a time.
constexpr int kCacheShardBits = 3;

// A start replays what the log holds: this keeps it well under a second.
constexpr uint64_t kMaxLogBytes = 64 * 1024 * 1024;

rocksdb::Slice ToSlice(std::string_view v) { return {v.data(), v.size()}; }

Status FromRocks(const std::string& step, const rocksdb::Status& s) {
  const std::string message = step + ": " + s.ToString();
  if (s.IsCorruption() || s.IsNotFound()) return Status::DataLoss(message);
  if (s.IsInvalidArgument() || s.IsNotSupported()) return Status::FailedPrecondition(message);
  return Status::Unavailable(message);
}

rocksdb::Options DatabaseOptions(const StoreOptions& options,
                                 const std::shared_ptr<BackgroundErrors>& errors) {
  rocksdb::Options db;
  db.create_if_missing = options.create_if_missing;
  db.create_missing_column_families = true;
  db.max_total_wal_size = kMaxLogBytes;
  db.db_write_buffer_size = options.write_buffer_bytes;
  db.max_background_jobs = 2;
  db.max_open_files = 512;
  db.info_log = NewRocksLog();
  db.listeners = {errors};
  return db;
}

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
  blocks.format_version = 5;
  if (table.has_filter) blocks.filter_policy.reset(rocksdb::NewBloomFilterPolicy(10));
  cf.table_factory.reset(rocksdb::NewBlockBasedTableFactory(blocks));
  return cf;
}

Status OpenFailure(const std::string& directory, const rocksdb::Status& s) {
  const std::string step = "open store " + directory;
  const std::string text = s.ToString();
  // RocksDB has no code for it: a lock that another process holds, or this one.
  if (s.IsIOError() && (text.find("While lock file") != std::string::npos ||
                        text.find("lock hold by current process") != std::string::npos)) {
    return Status::FailedPrecondition(step + ": in use by another process");
  }
  if (s.IsIOError() && (text.find("Permission denied") != std::string::npos ||
                        text.find("Read-only file system") != std::string::npos)) {
    return Status::FailedPrecondition(step + ": no rights to write there (" + text + ")");
  }
  if (s.IsCorruption() || s.IsNotFound() || s.IsInvalidArgument() || s.IsPathNotFound()) {
    return Status::DataLoss(step + ": damaged (" + text + ")");
  }
  return FromRocks(step, s);
}

}  // namespace

struct Store::Impl {
  const std::shared_ptr<BackgroundErrors> errors = std::make_shared<BackgroundErrors>();
  std::unique_ptr<rocksdb::DB> db;
  std::vector<rocksdb::ColumnFamilyHandle*> tables;
  std::shared_ptr<rocksdb::Cache> cache;

  rocksdb::ColumnFamilyHandle* table(Table t) const { return tables[static_cast<size_t>(t)]; }
};

struct Scan::State {
  std::string end;
  rocksdb::Slice end_slice;
  std::unique_ptr<rocksdb::Iterator> iterator;
};

Scan::Scan(std::unique_ptr<State> state) : state_(std::move(state)) {}
Scan::Scan(Scan&&) noexcept = default;
Scan::~Scan() = default;
bool Scan::Valid() const { return state_->iterator->Valid(); }
void Scan::Next() { state_->iterator->Next(); }
void Scan::Seek(std::string_view key) { state_->iterator->Seek(ToSlice(key)); }
std::string_view Scan::key() const { return state_->iterator->key().ToStringView(); }
std::string_view Scan::value() const { return state_->iterator->value().ToStringView(); }

Status Scan::status() const {
  const rocksdb::Status s = state_->iterator->status();
  return s.ok() ? Status::Ok() : FromRocks("scan", s);
}

uint64_t Snapshot::sequence() const { return snapshot_ ? snapshot_->GetSequenceNumber() : 0; }

Store::Store() : impl_(std::make_unique<Impl>()) {}

Store::~Store() {
  if (!impl_->db) return;
  rocksdb::Status s = impl_->db->Flush(rocksdb::FlushOptions(), impl_->tables);
  if (!s.ok()) log::Warn("close store {}: flush: {}", directory_, s.ToString());
  for (rocksdb::ColumnFamilyHandle* handle : impl_->tables) {
    impl_->db->DestroyColumnFamilyHandle(handle).PermitUncheckedError();
  }
  s = impl_->db->Close();
  if (!s.ok()) log::Warn("close store {}: {}", directory_, s.ToString());
}

Result<std::unique_ptr<Store>> Store::Open(const StoreOptions& options) {
  std::unique_ptr<Store> store(new Store());
  store->directory_ = options.directory;
  std::error_code error;
  if (options.create_if_missing) {
    std::filesystem::create_directories(options.directory, error);
    if (error) {
      return Status::FailedPrecondition("create " + options.directory + ": " + error.message());
    }
  }
  const bool is_new = !std::filesystem::exists(options.directory + "/CURRENT", error);
  if (is_new && !options.create_if_missing) {
    return Status::FailedPrecondition("open store " + options.directory + ": there is no store");
  }
  Impl& impl = *store->impl_;
  impl.cache = rocksdb::NewLRUCache(options.block_cache_bytes, kCacheShardBits);
  std::vector<rocksdb::ColumnFamilyDescriptor> tables;
  for (const TableRow& table : kTables) {
    tables.emplace_back(std::string(table.name), TableOptions(table, options, impl.cache));
  }
  rocksdb::DB* db = nullptr;
  rocksdb::Status s = rocksdb::DB::Open(DatabaseOptions(options, impl.errors), options.directory,
                                        tables, &impl.tables, &db);
  impl.db.reset(db);
  if (!s.ok()) {
    // A newer version may have tables that this one does not know: say that rather than "damaged".
    std::vector<std::string> names;
    const bool listed =
        rocksdb::DB::ListColumnFamilies(rocksdb::DBOptions(), options.directory, &names).ok();
    if (s.IsInvalidArgument() && listed && names.size() > kTables.size()) {
      return Status::FailedPrecondition(
          "open store " + options.directory + ": written by a newer format, with " +
          std::to_string(names.size()) + " tables; this program reads format " +
          std::to_string(kFormatVersion) + " with " + std::to_string(kTables.size()));
    }
    return OpenFailure(options.directory, s);
  }
  if (Status status = store->Initialize(is_new); !status.ok()) return status;
  return store;
}

Status Store::Initialize(bool is_new) {
  Transaction transaction(*this);
  const Result<uint64_t> version = GetNumber(kFormatVersionName);
  if (!version.ok()) return version.status();
  if (*version == 0) {
    // Rows, and no version: somebody else's. No rows: a creation that was interrupted.
    for (size_t i = 0; !is_new && i < kTables.size(); ++i) {
      const Table table = kTables[i].table;
      const auto row = LastKeyBefore(table, table == Table::kMeta ? kProbeName : "");
      if (!row.ok()) return row.status();
      if (row->has_value()) {
        return Status::FailedPrecondition("open store " + directory_ + ": not a store of rollcall");
      }
    }
    std::random_device random;
    transaction.PutNumber(kFormatVersionName, kFormatVersion);
    transaction.PutNumber(kHashSeedName, uint64_t{random()} << 32 | random());
    ROLLCALL_RETURN_IF_ERROR(transaction.Commit());
  } else if (*version < kOldestFormatVersion || *version > kFormatVersion) {
    return Status::FailedPrecondition("open store " + directory_ + ": written in format " +
                                      std::to_string(*version) + ", this program reads format " +
                                      std::to_string(kOldestFormatVersion) + " to " +
                                      std::to_string(kFormatVersion));
  } else if (*version != kFormatVersion) {
    // Its rows are as they should be: from here on there may be others beside them.
    transaction.PutNumber(kFormatVersionName, kFormatVersion);
    ROLLCALL_RETURN_IF_ERROR(transaction.Commit());
    log::Info("store {}: format {} is format {} now", directory_, *version, kFormatVersion);
  }
  const Result<uint64_t> seed = GetNumber(kHashSeedName);
  if (!seed.ok()) return seed.status();
  hash_seed_ = *seed;
  return Status::Ok();
}

rocksdb::ColumnFamilyHandle* Store::HandleOf(Table table) const { return impl_->table(table); }

Status Store::Write(rocksdb::WriteBatch& batch, bool sync) {
  if (failed_ || impl_->errors->any()) ROLLCALL_RETURN_IF_ERROR(Resume());
  // The log is torn where a write to it fails, and RocksDB begins a new one only when it has
  // something to write out. This is something, and itself not in the log.
  rocksdb::WriteOptions unlogged;
  unlogged.disableWAL = true;
  rocksdb::Status s = impl_->db->Put(unlogged, impl_->table(Table::kMeta), ToSlice(kProbeName),
                                     ToSlice(kProbeValue));
  if (s.ok()) {
    rocksdb::WriteOptions logged;
    logged.sync = sync;
    s = impl_->db->Write(logged, &batch);
  }
  if (s.ok()) {
    if (failed_.exchange(false)) log::Info("store {}: writes again", directory_);
    return Status::Ok();
  }
  failed_ = true;
  return Status::Unavailable("commit " + std::to_string(batch.GetDataSize()) +
                             " bytes: " + s.ToString());
}

Status Store::DropFiles(const Transaction&, Table table, std::string_view begin,
                        std::string_view end) {
  const rocksdb::Slice first = ToSlice(begin);
  const rocksdb::Slice last = ToSlice(end);
  const rocksdb::Status s =
      rocksdb::DeleteFilesInRange(impl_->db.get(), impl_->table(table), &first, &last, false);
  return s.ok() ? Status::Ok() : FromRocks("drop files", s);
}

Status Store::Resume() {
  const auto now = std::chrono::steady_clock::now();
  if (now < next_resume_)
    return Status::Unavailable("commit: the disk failed less than a second ago");
  next_resume_ = now + kRecoveryInterval;
  // Errors from here on are new ones.
  impl_->errors->Clear();
  const rocksdb::Status s = impl_->db->Resume();
  if (s.ok()) return Status::Ok();
  failed_ = true;
  return Status::Unavailable("recover the store: " + s.ToString());
}

// A synced write, and not RocksDB's SyncWAL: it recovers as every commit does.
Status Store::Sync() {
  Transaction transaction(*this);
  transaction.Put(Table::kMeta, kProbeName, kProbeValue);
  return transaction.Commit();
}

Status Store::Recover() {
  Transaction transaction(*this);
  if (!failed_ && !impl_->errors->any()) return Status::Ok();
  transaction.Put(Table::kMeta, kProbeName, kProbeValue);
  return transaction.Commit();
}

Result<std::optional<std::string>> Store::Get(Table table, std::string_view key,
                                              const Snapshot* snapshot) const {
  rocksdb::ReadOptions options;
  if (snapshot != nullptr) options.snapshot = snapshot->get();
  std::string value;
  const rocksdb::Status s = impl_->db->Get(options, impl_->table(table), ToSlice(key), &value);
  if (s.IsNotFound()) return std::optional<std::string>();
  if (!s.ok()) return FromRocks("read " + std::string(RowOf(table).name), s);
  return std::optional(std::move(value));
}

Scan Store::NewScan(Table table, std::string begin, std::string end,
                    const Snapshot* snapshot) const {
  auto state = std::make_unique<Scan::State>();
  state->end = std::move(end);
  state->end_slice = state->end;
  rocksdb::ReadOptions options;
  if (snapshot != nullptr) options.snapshot = snapshot->get();
  if (!state->end.empty()) options.iterate_upper_bound = &state->end_slice;
  options.total_order_seek = true;
  state->iterator.reset(impl_->db->NewIterator(options, impl_->table(table)));
  state->iterator->Seek(begin);
  return Scan(std::move(state));
}

Result<std::optional<std::string>> Store::LastKeyBefore(Table table, std::string_view end) const {
  const std::unique_ptr<rocksdb::Iterator> iterator(
      impl_->db->NewIterator(rocksdb::ReadOptions(), impl_->table(table)));
  if (end.empty()) {
    iterator->SeekToLast();
  } else {
    iterator->SeekForPrev(ToSlice(end));
    if (iterator->Valid() && iterator->key() == ToSlice(end)) iterator->Prev();
  }
  if (iterator->Valid()) return std::optional(iterator->key().ToString());
  if (!iterator->status().ok()) return FromRocks("scan", iterator->status());
  return std::optional<std::string>();
}

Snapshot Store::TakeSnapshot() const {
  Snapshot snapshot;
  snapshot.snapshot_ = std::shared_ptr<const rocksdb::Snapshot>(
      impl_->db->GetSnapshot(),
      [db = impl_->db.get()](const rocksdb::Snapshot* s) { db->ReleaseSnapshot(s); });
  return snapshot;
}

uint64_t Store::sequence() const { return impl_->db->GetLatestSequenceNumber(); }

Result<uint64_t> Store::GetNumber(std::string_view name) const {
  const auto value = Get(Table::kMeta, name);
  if (!value.ok()) return value.status();
  if (!value->has_value()) return uint64_t{0};
  Reader reader(**value);
  const uint64_t v = reader.Varint();
  if (!reader.ok() || !reader.AtEnd()) {
    return Status::DataLoss("read " + std::string(name) + ": not a number");
  }
  return v;
}

std::vector<Store::Property> Store::Properties() const {
  std::vector<Property> properties;
  for (const char* name :
       {"total-sst-files-size", "live-sst-files-size", "estimate-live-data-size",
        "cur-size-all-mem-tables", "estimate-table-readers-mem", "num-running-compactions",
        "num-running-flushes", "compaction-pending", "background-errors"}) {
    uint64_t value = 0;
    if (impl_->db->GetAggregatedIntProperty(std::string("rocksdb.") + name, &value)) {
      properties.push_back({name, value});
    }
  }
  for (const char* name : {"actual-delayed-write-rate", "is-write-stopped", "block-cache-usage"}) {
    uint64_t value = 0;
    if (impl_->db->GetIntProperty(std::string("rocksdb.") + name, &value)) {
      properties.push_back({name, value});
    }
  }
  return properties;
}

Status Store::Compact() {
  rocksdb::CompactRangeOptions options;
  options.bottommost_level_compaction = rocksdb::BottommostLevelCompaction::kForce;
  for (rocksdb::ColumnFamilyHandle* table : impl_->tables) {
    const rocksdb::Status s = impl_->db->CompactRange(options, table, nullptr, nullptr);
    if (!s.ok()) return FromRocks("compact", s);
  }
  return Status::Ok();
}

}  // namespace rollcall::storage
