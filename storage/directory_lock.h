// The holds on a store's directory.
#pragma once

#include <memory>
#include <string>

#include "base/status.h"

namespace rocksdb {
class FileLock;
}  // namespace rocksdb

namespace rollcall::storage {

// Keeps servers out, and nothing else: those who only read share it, and it changes nothing on the
// disk. Goes with the object. While it is held no Store can be opened to write, not in this process
// either.
class DirectoryLock {
 public:
  // FailedPrecondition: a Store has it open to write. A directory without a lock file was
  // copied from somewhere, and nobody has it open: there is nothing to hold.
  static Result<std::unique_ptr<DirectoryLock>> Share(const std::string& directory);
  ~DirectoryLock();
  DirectoryLock(const DirectoryLock&) = delete;
  DirectoryLock& operator=(const DirectoryLock&) = delete;

 private:
  explicit DirectoryLock(int fd) : fd_(fd) {}

  const int fd_;  // -1: nothing is held
};

// RocksDB's own lock, which keeps servers and readers out.
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
