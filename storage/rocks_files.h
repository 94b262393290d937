// The files as RocksDB sees them. RocksDB 7 does not take failures of a disk well: it asserts,
// waits for what never comes, or leaves logs and tables that do not fit together. So it sees few of
// them:
//
// A log takes what it is given into memory and tells nobody where the disk fails (log_file.h). Who
// commits has it synced here, and is told.
// A table or manifest that cannot be written waits, in a background thread that holds no lock,
// until it can. Table files are not begun at all while there is less room than half the floor. What
// remains (a sync, a read, a name) is told in such a way that DB::Resume can recover from it.
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
  // `disk` is where the files are in the end; `space` outlives this.
  RocksFiles(const std::shared_ptr<rocksdb::FileSystem>& disk, std::string directory,
             FreeSpace& space);

  const char* Name() const override { return "rollcall"; }

  // Until then failures are told as they come: a store that is being opened says so and is not.
  void BePatient() { patient_.store(true, std::memory_order_relaxed); }

  // From here on a table file is begun whatever room there is: the store is being closed.
  void EndFloor() { has_floor_.store(false, std::memory_order_relaxed); }

  // Makes all that the logs were given durable. Once it failed it has to be called until it
  // succeeds, and is then as good as if it had at first: nothing in the logs was lost.
  rocksdb::IOStatus SyncLogs();
  // Whether the logs hold in memory only what they were given. Bytes that are not synced yet.
  bool has_unwritten_logs() const { return unwritten_.load(std::memory_order_relaxed); }
  size_t unsynced_bytes() const { return unsynced_bytes_.load(std::memory_order_relaxed); }

  // What a background thread waits for, if one does.
  struct Wait {
    std::chrono::steady_clock::time_point since;
    bool for_room = false;  // that somebody may make at any time; else the disk fails
    std::string cause;
  };
  std::optional<Wait> waiting() const;
  // A status in words, with the names of files as they are in the directory.
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
  // Waits until a further table file may be begun.
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
  bool new_names_ GUARDED_BY(logs_mutex_) = false;      // the directory is to be synced too

  mutable Mutex wait_mutex_;
  size_t waiters_ GUARDED_BY(wait_mutex_) = 0;
  Wait wait_ GUARDED_BY(wait_mutex_);
};

}  // namespace rollcall::storage
