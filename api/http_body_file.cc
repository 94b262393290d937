#include "api/http_body_file.h"

#include <fcntl.h>
#include <unistd.h>

#include <cerrno>
#include <cstdlib>
#include <cstring>
#include <utility>

namespace rollcall::api {
namespace {

Status Failed(const std::string& step) {
  return Status::Unavailable(step + ": " + std::strerror(errno));
}

// -1: errno says why.
int OpenNameless(const std::string& directory) {
  const int fd = open(directory.c_str(), O_TMPFILE | O_RDWR | O_CLOEXEC, 0600);
  // Some filesystems cannot.
  if (fd >= 0 || (errno != EOPNOTSUPP && errno != EISDIR && errno != EINVAL)) return fd;
  std::string path = directory + "/body-XXXXXX";
  const int named = mkostemp(path.data(), O_CLOEXEC);
  if (named >= 0) unlink(path.c_str());
  return named;
}

}  // namespace

Status BodyFile::Append(std::string_view bytes) {
  if (!fd_.valid()) {
    fd_ = FileDescriptor(OpenNameless(directory_));
    if (!fd_.valid()) return Failed("make a file for a body in " + directory_);
  }
  while (!bytes.empty()) {
    const ssize_t n = write(fd_.get(), bytes.data(), bytes.size());
    if (n < 0 && errno == EINTR) continue;
    if (n <= 0) return Failed("write a body behind byte " + std::to_string(size_));
    size_ += static_cast<uint64_t>(n);
    bytes.remove_prefix(static_cast<size_t>(n));
  }
  return Status::Ok();
}

Result<size_t> BodyFile::Read(uint64_t offset, std::span<char> room) const {
  for (;;) {
    const ssize_t n = pread(fd_.get(), room.data(), room.size(), static_cast<off_t>(offset));
    if (n < 0 && errno == EINTR) continue;
    if (n < 0) return Failed("read a body at byte " + std::to_string(offset));
    return static_cast<size_t>(n);
  }
}

}  // namespace rollcall::api
