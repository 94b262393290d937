// A log of RocksDB's that never fails to take bytes: what the disk does not take, or has not synced
// yet, is kept in memory, and is written again by the next sync. A failed sync may have thrown
// away what was written before it, so that is written again too. Owned by RocksDB; thread-safe.
#pragma once

#include <memory>
#include <string>

#include <rocksdb/file_system.h>

#include "base/mutex.h"

namespace rollcall::storage {

class RocksFiles;

class LogFile final : public rocksdb::FSWritableFile {
 public:
  // `file` may be null: then it is made as soon as it can be.
  LogFile(RocksFiles& files, std::string name, const rocksdb::FileOptions& options,
          std::unique_ptr<rocksdb::FSWritableFile> file);
  ~LogFile() override;

  using rocksdb::FSWritableFile::Append;
  rocksdb::IOStatus Append(const rocksdb::Slice& data, const rocksdb::IOOptions& options,
                           rocksdb::IODebugContext* debug) override;
  rocksdb::IOStatus Flush(const rocksdb::IOOptions&, rocksdb::IODebugContext*) override {
    return rocksdb::IOStatus::OK();
  }
  // RocksDB's own, of logs that it writes no more to, in the background: waits until the disk
  // works.
  rocksdb::IOStatus Sync(const rocksdb::IOOptions& options,
                         rocksdb::IODebugContext* debug) override;
  rocksdb::IOStatus Close(const rocksdb::IOOptions& options,
                          rocksdb::IODebugContext* debug) override;
  bool IsSyncThreadSafe() const override { return true; }
  uint64_t GetFileSize(const rocksdb::IOOptions&, rocksdb::IODebugContext*) override;
  void SetPreallocationBlockSize(size_t bytes) override;
  void PrepareWrite(size_t offset, size_t bytes, const rocksdb::IOOptions& options,
                    rocksdb::IODebugContext* debug) override;

  // Fails where the disk does.
  rocksdb::IOStatus TrySync();

 private:
  rocksdb::IOStatus WriteOut() REQUIRES(mutex_);

  RocksFiles& files_;
  const std::string name_;
  const rocksdb::FileOptions options_;

  Mutex mutex_;
  std::unique_ptr<rocksdb::FSWritableFile> file_ GUARDED_BY(mutex_);
  size_t preallocation_bytes_ GUARDED_BY(mutex_) = 0;
  std::string unsynced_ GUARDED_BY(mutex_);      // the last bytes given
  size_t written_ GUARDED_BY(mutex_) = 0;        // of these
  uint64_t synced_size_ GUARDED_BY(mutex_) = 0;  // where they begin
};

}  // namespace rollcall::storage
