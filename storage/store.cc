#include "storage/store.h"

#include <chrono>
#include <filesystem>
#include <random>
#include <thread>

#include <rocksdb/cache.h>
#include <rocksdb/convenience.h>
#include <rocksdb/db.h>
#include <rocksdb/env.h>
#include <rocksdb/file_system.h>
#include <rocksdb/filter_policy.h>
#include <rocksdb/options.h>
#include <rocksdb/table.h>
#include <rocksdb/write_batch.h>

#include "base/log.h"
#include "storage/append_operator.h"
#include "storage/coding.h"
#include "storage/free_space.h"
#include "storage/peaks_operator.h"
#include "storage/rocks_events.h"
#include "storage/rocks_files.h"
#include "storage/rocks_status.h"
#include "storage/transaction.h"
#include "storage/upkeep.h"

namespace rollcall::storage {
namespace {

constexpr std::string_view kFormatVersionName = "format_version";
constexpr std::string_view kHashSeedName = "hash_seed";
// What earlier versions wrote to see whether they could.
constexpr std::string_view kProbeName = "probe";

// RocksDB holds writes back while it cannot write out as fast as they come.
constexpr std::chrono::milliseconds kStallInterval{1};
constexpr std::chrono::seconds kMaxStall{10};

// What closing writes beside the tables in memory.
constexpr uint64_t kClosingBytes = 4 * 1024 * 1024;

// Longer than the interval at which what waits looks again.
constexpr std::chrono::milliseconds kFloorPatience{300};

// What is not synced is kept in memory beside the log.
constexpr size_t kMaxUnsyncedBytes = 8 * 1024 * 1024;

// 8 shards, so that one is not too small for the blocks it is to hold; few threads read at a time.
constexpr int kCacheShardBits = 3;

// A start replays what the log holds: this keeps it well under a second.
constexpr uint64_t kMaxLogBytes = 64 * 1024 * 1024;

rocksdb::Slice ToSlice(std::string_view v) { return {v.data(), v.size()}; }

rocksdb::Options DatabaseOptions(const StoreOptions& options,
                                 const std::shared_ptr<BackgroundErrors>& errors) {
  rocksdb::Options db;
  db.create_if_missing = options.create_if_missing;
  db.create_missing_column_families = true;
  db.max_total_wal_size = kMaxLogBytes;
  db.db_write_buffer_size = options.write_buffer_bytes;
  db.max_background_jobs = 2;
  db.max_open_files = options.max_open_files;
  db.info_log = NewRocksLog();
  db.listeners = {errors};
  // Upkeep recovers, and nobody else.
  db.max_bgerror_resume_count = 0;
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

}  // namespace

struct Store::Impl {
  explicit Impl(const StoreOptions& options)
      : space(options.directory, options.min_free_bytes),
        files(std::make_shared<RocksFiles>(
            options.disk ? options.disk : rocksdb::FileSystem::Default(), options.directory,
            space)),
        env(rocksdb::NewCompositeEnv(files)) {}

  FreeSpace space;
  const std::shared_ptr<RocksFiles> files;
  const std::unique_ptr<rocksdb::Env> env;
  const std::shared_ptr<BackgroundErrors> errors = std::make_shared<BackgroundErrors>();
  std::unique_ptr<rocksdb::DB> db;
  std::vector<rocksdb::ColumnFamilyHandle*> tables;
  std::shared_ptr<rocksdb::Cache> cache;
  std::unique_ptr<Upkeep> upkeep;

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

Store::Store(const StoreOptions& options)
    : directory_(options.directory), impl_(std::make_unique<Impl>(options)) {}

Store::~Store() {
  Impl& impl = *impl_;
  if (!impl.db) return;
  if (!EndWriting()) {
    // RocksDB's threads go on using it.
    log::Warn("store {}: not closed; the next start reads its log again", directory_);
    static_cast<void>(impl_.release());
    return;
  }
  rocksdb::Status s = impl.db->Flush(rocksdb::FlushOptions(), impl.tables);
  if (!s.ok()) log::Warn("close store {}: flush: {}", directory_, s.ToString());
  for (rocksdb::ColumnFamilyHandle* handle : impl.tables) {
    impl.db->DestroyColumnFamilyHandle(handle).PermitUncheckedError();
  }
  s = impl.db->Close();
  if (!s.ok()) log::Warn("close store {}: {}", directory_, s.ToString());
}

bool Store::EndWriting() {
  Impl& impl = *impl_;
  if (!impl.upkeep) return true;
  uint64_t in_memory = 0;
  impl.db->GetAggregatedIntProperty(rocksdb::DB::Properties::kCurSizeAllMemTables, &in_memory);
  if (!impl.upkeep->Stop() || impl.upkeep->state() > Upkeep::State::kNoRoom ||
      impl.files->has_unwritten_logs() || impl.errors->any() ||
      impl.space.Left() < in_memory + kClosingBytes) {
    return false;
  }
  impl.files->EndFloor();
  // What waited for no more than the floor goes on.
  const auto end = std::chrono::steady_clock::now() + kFloorPatience;
  while (impl.files->waiting() && std::chrono::steady_clock::now() < end) {
    std::this_thread::sleep_for(kStallInterval);
  }
  return !impl.files->waiting();
}

Result<std::unique_ptr<Store>> Store::Open(const StoreOptions& options) {
  std::unique_ptr<Store> store(new Store(options));
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
  rocksdb::Options database = DatabaseOptions(options, impl.errors);
  database.env = impl.env.get();
  rocksdb::Status s = rocksdb::DB::Open(database, options.directory, tables, &impl.tables, &db);
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
  impl.files->BePatient();
  impl.upkeep =
      std::make_unique<Upkeep>(options.directory, *db, *impl.files, impl.space, *impl.errors);
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

Status Store::Write(rocksdb::WriteBatch& batch, bool sync, bool& visible) {
  visible = false;
  const uint64_t bytes = batch.GetDataSize();
  const bool gives_room_back = !batch.HasPut() && !batch.HasMerge();
  ROLLCALL_RETURN_IF_ERROR(impl_->upkeep->Admit(bytes, gives_room_back));
  Status status = WriteLogged(batch);
  visible = status.ok();
  if (status.ok()) {
    impl_->space.Wrote(bytes);
    const RocksFiles& files = *impl_->files;
    if (sync || files.has_unwritten_logs() || files.unsynced_bytes() > kMaxUnsyncedBytes) {
      const rocksdb::IOStatus s = impl_->files->SyncLogs();
      if (!s.ok()) status = Status::Unavailable(impl_->files->Text(s));
    }
  }
  if (!status.ok()) impl_->upkeep->Failed(status.message());
  return status.WithContext("commit " + std::to_string(bytes) + " bytes");
}

// To the log, whose bytes are not synced yet, and to the tables in memory.
Status Store::WriteLogged(rocksdb::WriteBatch& batch) {
  // What RocksDB waits for may be room on the disk: the waiting is done here.
  rocksdb::WriteOptions options;
  options.no_slowdown = true;
  const auto end = std::chrono::steady_clock::now() + kMaxStall;
  while (true) {
    const rocksdb::Status s = impl_->db->Write(options, &batch);
    if (s.ok()) return Status::Ok();
    if (!s.IsIncomplete()) return Status::Unavailable(impl_->files->Text(s));
    if (const auto waiting = impl_->files->waiting()) return Status::Unavailable(waiting->cause);
    if (std::chrono::steady_clock::now() > end) {
      return Status::Unavailable("RocksDB wrote nothing out for 10 s");
    }
    std::this_thread::sleep_for(kStallInterval);
  }
}

Status Store::DropFiles(const Transaction&, Table table, std::string_view begin,
                        std::string_view end) {
  const rocksdb::Slice first = ToSlice(begin);
  const rocksdb::Slice last = ToSlice(end);
  const rocksdb::Status s =
      rocksdb::DeleteFilesInRange(impl_->db.get(), impl_->table(table), &first, &last, false);
  return s.ok() ? Status::Ok() : FromRocks("drop files", s);
}

Status Store::Sync() {
  const std::lock_guard lock(writer_mutex_);
  const rocksdb::IOStatus s = impl_->files->SyncLogs();
  if (s.ok()) return Status::Ok();
  impl_->upkeep->Failed(impl_->files->Text(s));
  return Status::Unavailable("sync: " + impl_->files->Text(s));
}

Status Store::Writable() const {
  return impl_->upkeep->writable() ? Status::Ok() : Status::Unavailable(impl_->upkeep->reason());
}

std::optional<std::string> Store::GivenUp() const {
  const Upkeep::State state = impl_->upkeep->state();
  if (state != Upkeep::State::kLost && state != Upkeep::State::kDamaged) return std::nullopt;
  return impl_->upkeep->reason();
}

bool Store::NeedsRestart() const { return impl_->upkeep->state() == Upkeep::State::kLost; }

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
