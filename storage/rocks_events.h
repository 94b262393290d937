// What RocksDB tells of itself: its log, which becomes part of ours, and its background errors.
//
// Its log file in the data directory is not used: it would be the first that cannot be written when
// the disk is full, and RocksDB 7 ends the process on the line after that.
#pragma once

#include <atomic>
#include <memory>
#include <string>
#include <vector>

#include <rocksdb/listener.h>

#include "base/mutex.h"

namespace rollcall::storage {

// Passes warnings and errors on, as debug: whatever matters comes as a status too, to those who say
// it in the operator's words. Drops the rest. Thread-safe.
std::shared_ptr<rocksdb::Logger> NewRocksLog();

// The errors of flushes, compactions and manifests. Keeps RocksDB from recovering by itself: it
// would look every 5 s whether 32 MiB and more are free, refuse to be told meanwhile, and keep a
// store on a small disk out of service. Thread-safe.
class BackgroundErrors final : public rocksdb::EventListener {
 public:
  // Whether there was one since the last Take.
  bool any() const { return any_.load(std::memory_order_relaxed); }
  // The latest; from here on there is none.
  rocksdb::Status Take();
  void Note(const rocksdb::Status& error);

  // Tables in which a compaction met bytes that nobody wrote, since the last call.
  struct DamagedTable {
    std::string name;
    rocksdb::Status status;
  };
  std::vector<DamagedTable> TakeDamaged();

  // A compaction that failed and leaves nothing behind is begun anew by RocksDB. One that met
  // damage leaves nothing behind either, and its table as it was: that is no reason to write no
  // more.
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
