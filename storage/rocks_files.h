// The file system that RocksDB is given. RocksDB 7 handles disk failures badly: it asserts, waits
// for what never comes, or leaves logs and tables that do not match. So it is shown few of them.
//
// A log keeps what it is given in memory, and reports no failure of the disk (log_file.h). Whoever
// commits syncs it here, and gets the error.
//
// A table or manifest that cannot be written is retried until it can, in a background thread that
// holds no lock. No table file is begun while there is less room than half the floor. The remaining
// failures (of a sync, a read, a name) are reported such that DB::Resume can recover from them.
//
// Owned by the store. Thread-safe.
#pragma once

#include <atomic>
#include <chrono>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include <rocksdb/file_system.h>

#include "base/mutex.h"
#include "storage/free_space.h"

namespace rollcall::storage {

class LogFile;

class RocksFiles final : public rocksdb::FileSystemWrapper {
 public:
  // `disk` is where the files really are; `space` must outlive this.
  RocksFiles(const std::shared_ptr<rocksdb::FileSystem>& disk, std::string directory,
             FreeSpace& space);

  const char* Name() const override { return "rollcall"; }

  // From this call on failures are retried. Before it they are returned at once, so that a store
  // that cannot be opened says why.
  void BePatient() { patient_.store(true, std::memory_order_relaxed); }

  // From this call on table files are begun whatever room there is: the store is being closed.
  void EndFloor() { has_floor_.store(false, std::memory_order_relaxed); }

  // Makes everything appended to the logs durable. After a failure it must be called again until it
  // succeeds; that is as good as if it had succeeded at first, for nothing in the logs was lost.
  rocksdb::IOStatus SyncLogs();
  // Whether appended bytes could not be written, or synced, to the disk.
  bool has_unwritten_logs() const { return unwritten_.load(std::memory_order_relaxed); }
  // Appended bytes that are not synced yet.
  size_t unsynced_bytes() const { return unsynced_bytes_.load(std::memory_order_relaxed); }

  // What a background thread is waiting for; nullopt where none is.
  struct Wait {
    std::chrono::steady_clock::time_point since;
    bool for_room = false;  // for free space, which may come at any time; else for a failing disk
    std::string cause;
  };
  std::optional<Wait> waiting() const;
  // Returns a status as text, with file names relative to the directory.
  std::string Text(const rocksdb::Status& status) const;

  rocksdb::IOStatus NewWritableFile(const std::string& name, const rocksdb::FileOptions& options,
                                    std::unique_ptr<rocksdb::FSWritableFile>* file,
                                    rocksdb::IODebugContext* debug) override;
  rocksdb::IOStatus NewRandomAccessFile(const std::string& name,
                                        const rocksdb::FileOptions& options,
                                        std::unique_ptr<rocksdb::FSRandomAccessFile>* file,
                                        rocksdb::IODebugContext* debug) override;
  rocksdb::IOStatus NewDirectory(const std::string& name, const rocksdb::IOOptions& options,
                                 std::unique_ptr<rocksdb::FSDirectory>* directory,
                                 rocksdb::IODebugContext* debug) override;
  rocksdb::IOStatus RenameFile(const std::string& from, const std::string& to,
                               const rocksdb::IOOptions& options,
                               rocksdb::IODebugContext* debug) override;

  // Runs `attempt`, an IOStatus(), until it succeeds.
  template <typename Attempt>
  rocksdb::IOStatus Persist(const Attempt& attempt) {
    rocksdb::IOStatus s = attempt();
    if (s.ok() || !patient_.load(std::memory_order_relaxed)) return s;
    BeginWait();
    while (!s.ok()) {
      WaitOnce(Text(s), s.IsNoSpace());
      s = attempt();
    }
    EndWait();
    return s;
  }

 private:
  friend class LogFile;
  rocksdb::IOStatus NewLog(const std::string& name, const rocksdb::FileOptions& options,
                           std::unique_ptr<rocksdb::FSWritableFile>* file,
                           rocksdb::IODebugContext* debug);
  // Blocks until there is room for a further table file.
  void AwaitRoom();
  void BeginWait();
  void WaitOnce(std::string cause, bool for_room);
  void EndWait();

  const std::string directory_;
  FreeSpace& space_;
  std::atomic<bool> patient_{false};
  std::atomic<bool> has_floor_{true};
  std::atomic<bool> unwritten_{false};
  std::atomic<size_t> unsynced_bytes_{0};

  Mutex logs_mutex_;
  std::vector<LogFile*> logs_ GUARDED_BY(logs_mutex_);  // oldest first
  bool new_names_ GUARDED_BY(logs_mutex_) = false;      // the directory has to be synced too

  mutable Mutex wait_mutex_;
  size_t waiters_ GUARDED_BY(wait_mutex_) = 0;
  Wait wait_ GUARDED_BY(wait_mutex_);
};

}  // namespace rollcall::storage
