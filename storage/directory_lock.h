// The two locks on a store's directory: one that only keeps servers out, and RocksDB's own.
#pragma once

#include <memory>
#include <string>

#include "base/status.h"

namespace rocksdb {
class FileLock;
}  // namespace rocksdb

namespace rollcall::storage {

// A lock that keeps servers out while readers share it; it changes nothing on the disk. While one
// is held no Store can be opened for writing, in this process either. Released by the destructor.
class DirectoryLock {
 public:
  // FailedPrecondition: a Store has it open for writing. A directory without a lock file is a copy
  // that nobody has open, so there is nothing to lock, and this succeeds.
  static Result<std::unique_ptr<DirectoryLock>> Share(const std::string& directory);
  ~DirectoryLock();
  DirectoryLock(const DirectoryLock&) = delete;
  DirectoryLock& operator=(const DirectoryLock&) = delete;

 private:
  explicit DirectoryLock(int fd) : fd_(fd) {}

  const int fd_;  // -1: nothing is held
};

// RocksDB's own lock, which keeps servers and readers out. Released by the destructor.
class WholeLock {
 public:
  // FailedPrecondition: somebody has the store open.
  static Result<std::unique_ptr<WholeLock>> Take(const std::string& directory);
  ~WholeLock();
  WholeLock(const WholeLock&) = delete;
  WholeLock& operator=(const WholeLock&) = delete;

 private:
  WholeLock() = default;

  rocksdb::FileLock* lock_ = nullptr;
};

}  // namespace rollcall::storage
