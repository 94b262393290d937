#include "cli/output_file.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstdio>
#include <cstring>
#include <utility>

namespace rollcall::cli {

Result<std::unique_ptr<OutputFile>> OutputFile::Open(const std::string& file) {
  if (file == "-") {
    return std::unique_ptr<OutputFile>(new OutputFile("standard output", "", STDOUT_FILENO));
  }
  struct stat about {};
  if (stat(file.c_str(), &about) == 0 && !S_ISREG(about.st_mode)) {
    // A pipe or a device cannot be written under another name.
    const int fd = open(file.c_str(), O_WRONLY | O_CLOEXEC);
    if (fd < 0) return Status::NotFound("open " + file + ": " + std::strerror(errno));
    return std::unique_ptr<OutputFile>(new OutputFile(file, "", fd));
  }
  // The file has no name until it is complete, so nothing is left of it however this process ends.
  const size_t slash = file.rfind('/');
  const std::string directory = slash == std::string::npos ? "." : file.substr(0, slash + 1);
  const int unnamed = open(directory.c_str(), O_TMPFILE | O_WRONLY | O_CLOEXEC, 0644);
  if (unnamed >= 0) return std::unique_ptr<OutputFile>(new OutputFile(file, "", unnamed, true));
  // Not every file system supports that.
  std::string written_as = file + ".partial";
  const int fd = open(written_as.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0644);
  if (fd < 0) return Status::NotFound("create " + written_as + ": " + std::strerror(errno));
  return std::unique_ptr<OutputFile>(new OutputFile(file, std::move(written_as), fd));
}

OutputFile::~OutputFile() {
  if (fd_ != STDOUT_FILENO) close(fd_);
  if (!written_as_.empty() && !finished_) unlink(written_as_.c_str());
}

Status OutputFile::Write(std::string_view bytes) {
  while (!bytes.empty()) {
    const ssize_t n = write(fd_, bytes.data(), bytes.size());
    if (n < 0 && errno == EINTR) continue;
    if (n < 0) return Fail("write");
    bytes.remove_prefix(static_cast<size_t>(n));
  }
  return Status::Ok();
}

Status OutputFile::Finish() {
  if (written_as_.empty() && !unnamed_) return Status::Ok();
  if (fsync(fd_) != 0 && errno != EINVAL) return Fail("sync");
  std::string written_as = written_as_;
  if (unnamed_) {
    // Only a rename replaces an existing file.
    written_as = name_ + ".partial";
    const std::string link = "/proc/self/fd/" + std::to_string(fd_);
    unlink(written_as.c_str());
    if (linkat(AT_FDCWD, link.c_str(), AT_FDCWD, written_as.c_str(), AT_SYMLINK_FOLLOW) != 0) {
      return Fail("name");
    }
  }
  if (std::rename(written_as.c_str(), name_.c_str()) != 0) {
    const Status status = Fail("rename");
    unlink(written_as.c_str());
    return status;
  }
  finished_ = true;
  return Status::Ok();
}

Status OutputFile::Fail(const char* step) const {
  return Status::Unavailable(std::string(step) + " " + name_ + ": " + std::strerror(errno));
}

}  // namespace rollcall::cli
