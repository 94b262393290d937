// The upkeep of a store: whether it can be written now, and the thread that makes it writable again
// once its disk works or has room. Nobody else recovers anything, and the thread holds no lock of
// the store's, so a commit is refused at once and not after RocksDB came back. It logs one line
// where the store stops to be writable and one where it is again.
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
    kNoRoom,   // less room than the floor
    kFailing,  // the disk does not do what it is asked; it is asked again and again
    kDamaged,  // RocksDB found bytes that nobody wrote, and takes no more; a start cannot help
    kLost,     // only a start can help: RocksDB does not recover, or the disk failed for long
  };
  // All outlive it; `tables` are those of the database.
  Upkeep(std::string directory, rocksdb::DB& db,
         const std::vector<rocksdb::ColumnFamilyHandle*>& tables, RocksFiles& files,
         FreeSpace& space, BackgroundErrors& errors);
  ~Upkeep() { Stop(); }
  Upkeep(const Upkeep&) = delete;
  Upkeep& operator=(const Upkeep&) = delete;

  // Whether so many bytes may be written now; Unavailable says why not. Where the floor is reached,
  // what gives room back is still let through, while half of it is left.
  Status Admit(uint64_t bytes, bool gives_room_back);
  // A write did not work: none is let through until this thread saw one work.
  void Failed(const std::string& cause);

  bool writable() const { return writable_.load(std::memory_order_relaxed); }
  State state() const;
  // Why it is not writable, in one line; empty where it is.
  std::string reason() const;

  // Ends the thread. False: it does not come back from RocksDB, and the database cannot be closed.
  bool Stop();

 private:
  struct View {
    State state = State::kWritable;
    std::string reason;
  };
  void Run(std::stop_token stop);
  // Tries to mend what there is to mend, and says what is left.
  View Mend();
  std::optional<View> MendLogs();
  std::optional<View> MendDatabase();
  // Nothing touches the damage any more but who asks for what is there.
  void LeaveDamagedTables();
  void Enter(View view);

  const std::string directory_;
  rocksdb::DB& db_;
  const std::vector<rocksdb::ColumnFamilyHandle*>& tables_;
  RocksFiles& files_;
  FreeSpace& space_;
  BackgroundErrors& errors_;

  // For its own thread.
  std::optional<std::chrono::steady_clock::time_point> logs_failed_since_;
  std::chrono::steady_clock::time_point next_resume_{};

  std::atomic<bool> writable_{true};
  mutable Mutex mutex_;
  StoppableConditionVariable failed_;
  ConditionVariable ended_changed_;
  View view_ GUARDED_BY(mutex_);
  uint64_t failures_ GUARDED_BY(mutex_) = 0;  // that Failed was told
  std::chrono::steady_clock::time_point entered_ GUARDED_BY(mutex_){};
  std::optional<std::chrono::steady_clock::time_point> resuming_since_ GUARDED_BY(mutex_);
  bool ended_ GUARDED_BY(mutex_) = false;
  std::jthread thread_;
};

}  // namespace rollcall::storage
