#include "storage/store.h"

#include <algorithm>
#include <atomic>
#include <chrono>
#include <thread>

#include <rocksdb/convenience.h>
#include <rocksdb/db.h>
#include <rocksdb/write_batch.h>

#include "base/log.h"
#include "storage/coding.h"
#include "storage/free_space.h"
#include "storage/rocks_files.h"
#include "storage/rocks_options.h"
#include "storage/rocks_status.h"
#include "storage/store_impl.h"
#include "storage/transaction.h"
#include "storage/upkeep.h"

namespace rollcall::storage {
namespace {

// RocksDB holds writes back while it cannot write out as fast as they come.
constexpr std::chrono::milliseconds kStallInterval{1};
constexpr std::chrono::seconds kMaxStall{10};

// What closing writes beside the tables in memory.
constexpr uint64_t kClosingBytes = 4 * 1024 * 1024;

// Longer than the interval at which what waits looks again.
constexpr std::chrono::milliseconds kFloorPatience{300};

// What is not synced is kept in memory beside the log.
constexpr size_t kMaxUnsyncedBytes = 8 * 1024 * 1024;

// A function with a name, by which the thread sanitizer's suppressions know it.
void ReleaseSnapshot(rocksdb::DB& db, const rocksdb::Snapshot* snapshot) {
  db.ReleaseSnapshot(snapshot);
}

}  // namespace

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
    static std::atomic<Impl*> left;  // where a leak checker finds them
    Impl* const last = impl_.release();
    last->left_before = left.exchange(last);
    return;
  }
  if (impl.upkeep) {
    const rocksdb::Status s = impl.db->Flush(rocksdb::FlushOptions(), impl.tables);
    if (!s.ok()) log::Warn("close store {}: flush: {}", directory_, s.ToString());
  }
  for (rocksdb::ColumnFamilyHandle* handle : impl.tables) {
    if (handle != nullptr) impl.db->DestroyColumnFamilyHandle(handle).PermitUncheckedError();
  }
  const rocksdb::Status s = impl.db->Close();
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

rocksdb::ColumnFamilyHandle* Store::HandleOf(Table table) const { return impl_->table(table); }

Status Store::Write(rocksdb::WriteBatch& batch, bool gives_room_back, bool sync, bool& visible) {
  visible = false;
  if (impl_->read_only) return Status::FailedPrecondition("commit: the store is open to be read");
  const uint64_t bytes = batch.GetDataSize();
  ROLLCALL_RETURN_IF_ERROR(impl_->upkeep->Admit(bytes, gives_room_back));
  Status status = WriteLogged(batch);
  visible = status.ok();
  if (status.ok()) {
    impl_->space.Wrote(bytes);
    const RocksFiles& files = *impl_->files;
    if (sync || files.has_unwritten_logs() || files.unsynced_bytes() > kMaxUnsyncedBytes) {
      status = SyncLogs();
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

Status Store::SyncLogs() {
  const uint64_t sequence = impl_->db->GetLatestSequenceNumber();
  const rocksdb::IOStatus s = impl_->files->SyncLogs();
  if (!s.ok()) return Status::Unavailable(impl_->files->Text(s));
  synced_through_ = sequence;
  return Status::Ok();
}

Status Store::Sync() { return SyncThrough(UINT64_MAX); }

Status Store::SyncThrough(uint64_t sequence) {
  const MutexLock lock(writer_mutex_);
  if (synced_through_ >= sequence) return Status::Ok();
  const Status status = SyncLogs();
  if (!status.ok()) impl_->upkeep->Failed(status.message());
  return status.WithContext("sync");
}

Status Store::Writable() const {
  if (impl_->read_only) return Status::FailedPrecondition("the store is open to be read");
  return impl_->upkeep->writable() ? Status::Ok() : Status::Unavailable(impl_->upkeep->reason());
}

std::optional<std::string> Store::GivenUp() const {
  if (impl_->read_only) return std::nullopt;
  const Upkeep::State state = impl_->upkeep->state();
  if (state != Upkeep::State::kLost && state != Upkeep::State::kDamaged) return std::nullopt;
  return impl_->upkeep->reason();
}

bool Store::NeedsRestart() const {
  return !impl_->read_only && impl_->upkeep->state() == Upkeep::State::kLost;
}

Result<std::optional<std::string>> Store::Get(Table table, std::string_view key,
                                              const Snapshot* snapshot) const {
  if (impl_->table(table) == nullptr) return std::optional<std::string>();
  rocksdb::ReadOptions options;
  if (snapshot != nullptr) options.snapshot = snapshot->get();
  std::string value;
  const rocksdb::Status s = impl_->db->Get(options, impl_->table(table), ToSlice(key), &value);
  if (s.IsNotFound()) return std::optional<std::string>();
  if (!s.ok()) return FromRocks("read " + std::string(RowOf(table).name), s);
  return std::optional(std::move(value));
}

Result<std::vector<std::string>> Store::GetAll(Table table, std::span<const std::string> keys,
                                               size_t most_bytes, const Snapshot* snapshot) const {
  const std::string step = "read " + std::string(RowOf(table).name);
  if (impl_->table(table) == nullptr) return Status::DataLoss(step + ": there is no such table");
  rocksdb::ReadOptions options;
  if (snapshot != nullptr) options.snapshot = snapshot->get();
  options.value_size_soft_limit = most_bytes;
  const std::vector<rocksdb::Slice> slices(keys.begin(), keys.end());
  std::vector<rocksdb::PinnableSlice> found(keys.size());
  std::vector<rocksdb::Status> statuses(keys.size());
  impl_->db->MultiGet(options, impl_->table(table), keys.size(), slices.data(), found.data(),
                      statuses.data(), true);
  std::vector<std::string> values;
  for (size_t i = 0; i < keys.size(); ++i) {
    if (statuses[i].IsAborted()) return std::vector<std::string>();
    if (statuses[i].IsNotFound()) return Status::DataLoss(step + ": it is not there");
    if (!statuses[i].ok()) return FromRocks(step, statuses[i]);
    values.push_back(found[i].ToString());
  }
  return values;
}

Scan Store::NewScan(Table table, const std::string& begin, std::string end,
                    const Snapshot* snapshot) const {
  auto state = std::make_unique<Scan::State>();
  state->end = std::move(end);
  state->end_slice = state->end;
  rocksdb::ReadOptions options;
  if (snapshot != nullptr) options.snapshot = snapshot->get();
  if (!state->end.empty()) options.iterate_upper_bound = &state->end_slice;
  options.total_order_seek = true;
  state->iterator = impl_->NewIterator(table, options);
  state->iterator->Seek(begin);
  return Scan(std::move(state));
}

Result<std::optional<std::string>> Store::LastKeyBefore(Table table, std::string_view end) const {
  const auto iterator = impl_->NewIterator(table, rocksdb::ReadOptions());
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
      impl_->db->GetSnapshot(), [db = impl_->db.get()](const rocksdb::Snapshot* released) {
        ReleaseSnapshot(*db, released);
      });
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

Status Store::VerifyChecksums() const {
  const rocksdb::Status s = impl_->db->VerifyChecksum();
  return s.ok() ? Status::Ok() : FromRocks("compare checksums", s);
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

Status Store::Flush() {
  const rocksdb::Status s = impl_->db->Flush(rocksdb::FlushOptions(), impl_->tables);
  return s.ok() ? Status::Ok() : FromRocks("flush", s);
}

Status Store::CompactDeletions(Table table, const std::stop_token& stop) {
  std::vector<rocksdb::LiveFileMetaData> files;
  impl_->db->GetLiveFilesMetaData(&files);
  std::string begin;
  std::string end;
  bool has_deletions = false;
  for (const rocksdb::LiveFileMetaData& file : files) {
    if (file.column_family_name != RowOf(table).name || file.num_deletions == 0) continue;
    begin = has_deletions ? std::min(begin, file.smallestkey) : file.smallestkey;
    end = has_deletions ? std::max(end, file.largestkey) : file.largestkey;
    has_deletions = true;
  }
  if (!has_deletions) return Status::Ok();
  rocksdb::CompactRangeOptions options;
  options.exclusive_manual_compaction = false;  // those of other tables go on
  options.bottommost_level_compaction = rocksdb::BottommostLevelCompaction::kForce;
  std::atomic<bool> is_canceled = false;
  options.canceled = &is_canceled;
  const std::stop_callback cancel(stop, [&is_canceled] { is_canceled = true; });
  const rocksdb::Slice first = begin;
  const rocksdb::Slice last = end;
  const rocksdb::Status s = impl_->db->CompactRange(options, impl_->table(table), &first, &last);
  return s.ok() ? Status::Ok() : FromRocks("compact " + std::string(RowOf(table).name), s);
}

}  // namespace rollcall::storage
