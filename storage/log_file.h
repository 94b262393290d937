// A RocksDB log that never fails to take bytes: what is not yet written or synced is kept in
// memory, and the next sync writes it again. A failed sync may have thrown away what was written
// before it, so that is written again too. Owned by RocksDB; thread-safe.
#pragma once

#include <memory>
#include <string>

#include <rocksdb/file_system.h>

#include "base/mutex.h"

namespace rollcall::storage {

class RocksFiles;

class LogFile final : public rocksdb::FSWritableFile {
 public:
  // `file` may be null: then it is created as soon as the disk allows.
  LogFile(RocksFiles& files, std::string name, const rocksdb::FileOptions& options,
          std::unique_ptr<rocksdb::FSWritableFile> file);
  ~LogFile() override;

  using rocksdb::FSWritableFile::Append;
  rocksdb::IOStatus Append(const rocksdb::Slice& data, const rocksdb::IOOptions& options,
                           rocksdb::IODebugContext* debug) override;
  rocksdb::IOStatus Flush(const rocksdb::IOOptions&, rocksdb::IODebugContext*) override {
    return rocksdb::IOStatus::OK();
  }
  // Called by RocksDB's background threads for logs that are no longer written to: blocks until the
  // disk works.
  rocksdb::IOStatus Sync(const rocksdb::IOOptions& options,
                         rocksdb::IODebugContext* debug) override;
  rocksdb::IOStatus Close(const rocksdb::IOOptions& options,
                          rocksdb::IODebugContext* debug) override;
  bool IsSyncThreadSafe() const override { return true; }
  uint64_t GetFileSize(const rocksdb::IOOptions&, rocksdb::IODebugContext*) override;
  void SetPreallocationBlockSize(size_t bytes) override;
  void PrepareWrite(size_t offset, size_t bytes, const rocksdb::IOOptions& options,
                    rocksdb::IODebugContext* debug) override;

  // Writes and syncs what is not synced yet, once; fails where the disk does.
  rocksdb::IOStatus TrySync();

 private:
  rocksdb::IOStatus WriteOut() REQUIRES(mutex_);

  RocksFiles& files_;
  const std::string name_;
  const rocksdb::FileOptions options_;

  Mutex mutex_;
  std::unique_ptr<rocksdb::FSWritableFile> file_ GUARDED_BY(mutex_);
  size_t preallocation_bytes_ GUARDED_BY(mutex_) = 0;
  std::string unsynced_ GUARDED_BY(mutex_);      // bytes appended since the last sync
  size_t written_ GUARDED_BY(mutex_) = 0;        // how many of these are written
  uint64_t synced_size_ GUARDED_BY(mutex_) = 0;  // where they begin in the file
};

}  // namespace rollcall::storage
