// What RocksDB reports of itself: its log, which goes into ours, and its background errors.
//
// RocksDB's own log file in the data directory is not used: it would be the first file to fail when
// the disk is full, and RocksDB 7 ends the process at the next line after that.
#pragma once

#include <atomic>
#include <memory>
#include <string>
#include <vector>

#include <rocksdb/listener.h>

#include "base/mutex.h"

namespace rollcall::storage {

// Returns a logger that passes warnings and errors on to our log, at debug level: whatever matters
// also comes back as a status, to code that words it for the operator. Drops the rest. Thread-safe.
std::shared_ptr<rocksdb::Logger> NewRocksLog();

// The errors of RocksDB's flushes, compactions and manifests. It also keeps RocksDB from recovering
// by itself: that would check every 5 s for 32 MiB and more of free space, take no Resume
// meanwhile, and keep a store on a small disk out of service. Thread-safe.
class BackgroundErrors final : public rocksdb::EventListener {
 public:
  // Whether there was an error since the last Take.
  bool any() const { return any_.load(std::memory_order_relaxed); }
  // Returns the latest error, and resets any().
  rocksdb::Status Take();
  // Adds an error.
  void Note(const rocksdb::Status& error);

  // Tables in which a compaction met bytes that nobody wrote.
  struct DamagedTable {
    std::string name;
    rocksdb::Status status;
  };
  // Returns the tables damaged since the last call.
  std::vector<DamagedTable> TakeDamaged();

  // A failed compaction that changed nothing is started again by RocksDB. One that met damage has
  // changed nothing either, and left its table as it was: that is no reason to stop writing.
  void OnBackgroundError(rocksdb::BackgroundErrorReason reason, rocksdb::Status* error) override {
    if (reason == rocksdb::BackgroundErrorReason::kCompaction) {
      if (error->severity() == rocksdb::Status::Severity::kNoError) return;
      if (error->IsCorruption()) {
        *error = rocksdb::Status::OK();
        return;
      }
    }
    Note(*error);
  }
  void OnCompactionCompleted(rocksdb::DB*, const rocksdb::CompactionJobInfo& job) override;
  void OnErrorRecoveryBegin(rocksdb::BackgroundErrorReason, rocksdb::Status,
                            bool* auto_recovery) override {
    *auto_recovery = false;
  }

 private:
  std::atomic<bool> any_{false};
  Mutex mutex_;
  rocksdb::Status latest_ GUARDED_BY(mutex_);
  std::vector<DamagedTable> damaged_ GUARDED_BY(mutex_);
};

}  // namespace rollcall::storage
