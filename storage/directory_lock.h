// A hold on a store's directory that keeps servers out, and nothing else: those who only read share
// it, and it changes nothing on the disk. Goes with the object. While it is held no Store can be
// opened to write, not in this process either.
#pragma once

#include <memory>
#include <string>

#include "base/status.h"

namespace rollcall::storage {

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

}  // namespace rollcall::storage
