// What RocksDB tells of itself: its log, which becomes part of ours, and its background errors.
//
// Its log file in the data directory is not used: it would be the first that cannot be written when
// the disk is full, and RocksDB 7 ends the process on the line after that.
#pragma once

#include <atomic>
#include <memory>

#include <rocksdb/listener.h>

namespace rollcall::storage {

// Passes warnings and errors on, as debug: whatever matters comes as a status too, to those who say
// it in the operator's words. Drops the rest. Thread-safe.
std::shared_ptr<rocksdb::Logger> NewRocksLog();

// Notes that a write, a flush or a compaction failed, and keeps RocksDB from recovering by itself:
// it would look every 5 s whether 32 MiB and more are free, refuse to be told meanwhile, and keep a
// store on a small disk out of service. Thread-safe.
class BackgroundErrors final : public rocksdb::EventListener {
 public:
  bool any() const { return any_.load(std::memory_order_relaxed); }
  void Clear() { any_.store(false, std::memory_order_relaxed); }

  void OnBackgroundError(rocksdb::BackgroundErrorReason, rocksdb::Status*) override {
    any_.store(true, std::memory_order_relaxed);
  }
  void OnErrorRecoveryBegin(rocksdb::BackgroundErrorReason, rocksdb::Status,
                            bool* auto_recovery) override {
    *auto_recovery = false;
  }

 private:
  std::atomic<bool> any_{false};
};

}  // namespace rollcall::storage
