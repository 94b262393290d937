#include "storage/directory_lock.h"

#include <fcntl.h>
#include <unistd.h>

#include <cerrno>

#include <rocksdb/env.h>

#include "storage/rocks_status.h"

namespace rollcall::storage {

Result<std::unique_ptr<DirectoryLock>> DirectoryLock::Share(const std::string& directory) {
  const int fd = ::open((directory + "/LOCK").c_str(), O_RDONLY | O_CLOEXEC);
  std::unique_ptr<DirectoryLock> lock(new DirectoryLock(fd));
  struct flock whole {};
  whole.l_type = F_RDLCK;
  whole.l_whence = SEEK_SET;
  if (fd >= 0 && ::fcntl(fd, F_OFD_SETLK, &whole) != 0 && (errno == EACCES || errno == EAGAIN)) {
    return Status::FailedPrecondition("open store " + directory + ": in use by another process");
  }
  return lock;
}

DirectoryLock::~DirectoryLock() {
  if (fd_ >= 0) ::close(fd_);
}

Result<std::unique_ptr<WholeLock>> WholeLock::Take(const std::string& directory) {
  std::unique_ptr<WholeLock> lock(new WholeLock());
  const rocksdb::Status s = rocksdb::Env::Default()->LockFile(directory + "/LOCK", &lock->lock_);
  return s.ok() ? Result<std::unique_ptr<WholeLock>>(std::move(lock)) : OpenFailure(directory, s);
}

WholeLock::~WholeLock() {
  if (lock_ != nullptr) rocksdb::Env::Default()->UnlockFile(lock_).PermitUncheckedError();
}

}  // namespace rollcall::storage
