// The upkeep of a store: whether it can be written now, and the thread that makes it writable again
// once its disk works or has room. Nothing else recovers anything, and the thread holds no lock of
// the store's, so that meanwhile a commit is refused at once instead of waiting for RocksDB. It
// logs one line when the store stops being writable and one when it is writable again.
//
// Owned by the store. Thread-safe.
#pragma once

#include <atomic>
#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <thread>
#include <vector>

#include "base/mutex.h"
#include "base/status.h"
#include "storage/free_space.h"
#include "storage/rocks_events.h"
#include "storage/rocks_files.h"

namespace rocksdb {
class ColumnFamilyHandle;
class DB;
}  // namespace rocksdb

namespace rollcall::storage {

class Upkeep {
 public:
  enum class State {
    kWritable,
    kNoRoom,   // less free space than the floor
    kFailing,  // the disk fails; it is tried again and again
    kDamaged,  // RocksDB found bytes that nobody wrote, and takes no more; a restart cannot help
    kLost,     // only a restart can help: RocksDB does not recover, or the disk failed for long
  };
  // All references must outlive it; `tables` are the handles of the database.
  Upkeep(std::string directory, rocksdb::DB& db,
         const std::vector<rocksdb::ColumnFamilyHandle*>& tables, RocksFiles& files,
         FreeSpace& space, BackgroundErrors& errors, std::chrono::milliseconds patience);
  ~Upkeep() { Stop(); }
  Upkeep(const Upkeep&) = delete;
  Upkeep& operator=(const Upkeep&) = delete;

  // Returns Ok if so many bytes may be written now; Unavailable says why not. Below the floor, a
  // write that frees space is still admitted while half of the floor is left.
  Status Admit(uint64_t bytes, bool gives_room_back);
  // Notes that a write failed: none is admitted until the thread finds that the disk works.
  void Failed(const std::string& cause);

  bool writable() const { return writable_.load(std::memory_order_relaxed); }
  State state() const;
  // Why the store is not writable, in one line; empty where it is.
  std::string reason() const;

  // Ends the thread. Returns false where it does not come back from RocksDB; then the database
  // cannot be closed.
  bool Stop();

 private:
  struct View {
    State state = State::kWritable;
    std::string reason;
  };
  void Run(std::stop_token stop);
  // Tries to mend whatever is wrong, and returns what is left.
  View Mend();
  std::optional<View> MendLogs();
  std::optional<View> MendDatabase();
  // Turns off compaction of damaged tables, so that only reads of the damaged rows meet the damage.
  void LeaveDamagedTables();
  void Enter(View view);

  const std::string directory_;
  rocksdb::DB& db_;
  const std::vector<rocksdb::ColumnFamilyHandle*>& tables_;
  RocksFiles& files_;
  FreeSpace& space_;
  BackgroundErrors& errors_;
  const std::chrono::milliseconds patience_;  // StoreOptions::disk_patience

  // Used only by its own thread.
  std::optional<std::chrono::steady_clock::time_point> logs_failed_since_;
  std::chrono::steady_clock::time_point next_resume_{};

  std::atomic<bool> writable_{true};
  mutable Mutex mutex_;
  StoppableConditionVariable failed_;
  ConditionVariable ended_changed_;
  View view_ GUARDED_BY(mutex_);
  uint64_t failures_ GUARDED_BY(mutex_) = 0;  // calls of Failed
  std::chrono::steady_clock::time_point entered_ GUARDED_BY(mutex_){};
  std::optional<std::chrono::steady_clock::time_point> resuming_since_ GUARDED_BY(mutex_);
  bool ended_ GUARDED_BY(mutex_) = false;
  std::jthread thread_;
};

}  // namespace rollcall::storage
