#include "storage/directory_lock.h"

#include <fcntl.h>
#include <unistd.h>

#include <cerrno>

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

}  // namespace rollcall::storage
