#include "storage/purge.h"

#include <array>
#include <filesystem>
#include <set>
#include <string>
#include <vector>

#include <rocksdb/db.h>

#include "base/pause.h"
#include "storage/rocks_status.h"
#include "storage/store_files.h"
#include "storage/store_impl.h"

namespace rollcall::storage {
namespace {

constexpr std::string_view kPurgesDue = "purges_due";

// The tables that have rows of one source or machine, the columns of days, which say what each
// source reported, and the groups of records, which have texts of theirs. What else was counted
// from many says nothing of one.
constexpr std::array kPurged{Table::kSources,     Table::kSourceIds, Table::kOutbox,
                             Table::kParked,      Table::kPeaks,     Table::kChunks,
                             Table::kPeriods,     Table::kRecords,   Table::kRecordMachines,
                             Table::kRecordGroups};

// How long readers, and RocksDB's deletion of files, are waited for.
constexpr std::chrono::seconds kPatience{60};
constexpr std::chrono::milliseconds kPauseInterval{10};
// Flushes after which a manifest has become long enough for RocksDB to begin another
// (rocks_options.cc).
constexpr int kMostFlushes = 500;

class Purger {
 public:
  Purger(Store& store, const std::function<void(uint64_t, uint64_t)>& progress,
         const std::stop_token& stop)
      : store_(store), db_(*ImplOf(store).db), progress_(progress), stop_(stop) {}

  Status Run() {
    const Result<uint64_t> due = PurgesDue(store_);
    if (!due.ok()) return due.status();
    if (*due == 0) return Status::Ok();
    Report();
    ROLLCALL_RETURN_IF_ERROR(StatusOf());
    ROLLCALL_RETURN_IF_ERROR(AwaitReaders());
    std::unique_ptr<rocksdb::LogFile> log;
    if (db_.GetCurrentWalFile(&log).ok()) last_log_ = log->LogNumber();
    ROLLCALL_RETURN_IF_ERROR(FlushAll());
    for (const Table table : kPurged) {
      Report();
      ROLLCALL_RETURN_IF_ERROR(StatusOf());
      const Status compacted = store_.CompactDeletions(table, stop_);
      if (compacted.ok()) continue;
      ROLLCALL_RETURN_IF_ERROR(StatusOf());
      return compacted;
    }
    Report();
    ROLLCALL_RETURN_IF_ERROR(NewManifest());
    ROLLCALL_RETURN_IF_ERROR(Await([this] { return FileLeft(); }));
    Report();
    Transaction transaction(store_);
    const Result<uint64_t> now = PurgesDue(store_);
    if (!now.ok()) return now.status();
    transaction.PutNumber(kPurgesDue, *now - *due);  // others may have been added meanwhile
    return transaction.Commit();
  }

 private:
  void Report() { progress_(done_++, kPurged.size() + 2); }

  Status StatusOf() const {
    return stop_.stop_requested() ? Status::Unavailable("purge: stopped") : store_.Writable();
  }

  // A snapshot that was taken before keeps what was deleted since.
  Status AwaitReaders() const {
    const uint64_t sequence = store_.sequence();
    return Await([&]() -> Result<std::string> {
      uint64_t oldest = 0;
      db_.GetIntProperty(rocksdb::DB::Properties::kOldestSnapshotSequence, &oldest);
      return std::string(oldest == 0 || oldest >= sequence ? "" : "what was erased is still read");
    });
  }

  // Waits until `left` returns an empty text: it says what is waited for.
  template <typename Left>
  Status Await(Left left) const {
    const auto end = std::chrono::steady_clock::now() + kPatience;
    while (true) {
      const Result<std::string> what = left();
      if (!what.ok()) return what.status();
      if (what->empty()) return Status::Ok();
      ROLLCALL_RETURN_IF_ERROR(StatusOf());
      if (std::chrono::steady_clock::now() > end) return Status::Unavailable("purge: " + *what);
      PauseFor(kPauseInterval, stop_);
    }
  }

  // Also begins another log, for which there has to be something to flush.
  Status FlushAll() {
    {
      Transaction transaction(store_);
      const Result<uint64_t> due = PurgesDue(store_);
      if (!due.ok()) return due.status();
      transaction.PutNumber(kPurgesDue, *due);
      ROLLCALL_RETURN_IF_ERROR(transaction.Commit());
    }
    return store_.Flush();
  }

  // The manifest has the first and the last key of each table file that there was since its begin.
  Status NewManifest() {
    const Result<uint64_t> before = ReadCurrent(store_.directory());
    if (!before.ok()) return before.status();
    for (int i = 0; i < kMostFlushes; ++i) {
      ROLLCALL_RETURN_IF_ERROR(StatusOf());
      const Result<uint64_t> now = ReadCurrent(store_.directory());
      if (!now.ok()) return now.status();
      if (*now != *before) return Status::Ok();
      ROLLCALL_RETURN_IF_ERROR(FlushAll());
    }
    return Status::Unavailable("purge: the manifest stays the same");
  }

  // RocksDB deletes files some time after they are no longer needed. Returns the name of one that
  // may have something of what was erased; empty: there is none.
  Result<std::string> FileLeft() const {
    std::vector<std::string> live;
    uint64_t manifest_bytes = 0;
    const rocksdb::Status s = db_.GetLiveFiles(live, &manifest_bytes, false);
    if (!s.ok()) return FromRocks("purge", s);
    const std::set<std::string> names(live.begin(), live.end());
    const Result<StoreFiles> files = ListStoreFiles(store_.directory());
    if (!files.ok()) return files.status();
    const Result<uint64_t> current = ReadCurrent(store_.directory());
    if (!current.ok()) return current.status();
    for (const uint64_t number : files->tables) {
      // One with a higher number may be in the making.
      if (number < *current && !names.contains("/" + TableName(number))) return TableName(number);
    }
    for (const uint64_t number : files->manifests) {
      if (number < *current) return ManifestName(number);
    }
    for (const uint64_t number : files->logs) {
      // RocksDB leaves an empty one where it is.
      std::error_code error;
      const auto bytes =
          std::filesystem::file_size(PathOf(store_.directory(), LogName(number)), error);
      if (number <= last_log_ && !error && bytes > 0) return LogName(number);
    }
    return std::string();
  }

  Store& store_;
  rocksdb::DB& db_;
  const std::function<void(uint64_t, uint64_t)>& progress_;
  const std::stop_token& stop_;
  uint64_t done_ = 0;
  uint64_t last_log_ = 0;  // that may have what was erased
};

}  // namespace

Status AddPurge(Store& store, Transaction& transaction) {
  const Result<uint64_t> due = PurgesDue(store);
  if (!due.ok()) return due.status();
  transaction.PutNumber(kPurgesDue, *due + 1);
  return Status::Ok();
}

Result<uint64_t> PurgesDue(const Store& store) { return store.GetNumber(kPurgesDue); }

Status Purge(Store& store, const std::function<void(uint64_t, uint64_t)>& progress,
             const std::stop_token& stop) {
  std::atomic<bool>& is_purging = ImplOf(store).is_purging;
  while (is_purging.exchange(true)) {
    if (stop.stop_requested()) return Status::Unavailable("purge: stopped");
    PauseFor(kPauseInterval, stop);
  }
  Status status = Purger(store, progress, stop).Run();
  is_purging = false;
  return status;
}

bool IsPurging(Store& store) { return ImplOf(store).is_purging; }

}  // namespace rollcall::storage
