#include "cli/import_input.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>

namespace rollcall::cli {
namespace {

constexpr size_t kPieceBytes = 1024 * 1024;

}  // namespace

Result<std::unique_ptr<ImportInput>> ImportInput::Open(const std::string& file) {
  const bool is_stdin = file == "-";
  const int fd = is_stdin ? STDIN_FILENO : open(file.c_str(), O_RDONLY | O_CLOEXEC);
  struct stat about {};
  if (fd < 0 || fstat(fd, &about) != 0) {
    return Status::NotFound("open " + file + ": " + std::strerror(errno));
  }
  const uint64_t size = S_ISREG(about.st_mode) ? static_cast<uint64_t>(about.st_size) : 0;
  return std::unique_ptr<ImportInput>(
      new ImportInput(is_stdin ? "standard input" : file, fd, size));
}

ImportInput::ImportInput(std::string name, int fd, uint64_t total_bytes)
    : name_(std::move(name)), fd_(fd), total_bytes_(total_bytes), room_(kPieceBytes) {}

ImportInput::~ImportInput() {
  if (fd_ != STDIN_FILENO) close(fd_);
}

Result<std::string_view> ImportInput::Next() {
  ssize_t n = 0;
  do {
    n = read(fd_, room_.data(), room_.size());
  } while (n < 0 && errno == EINTR);
  if (n < 0) {
    return Status::Unavailable("read " + name_ + " at byte " + std::to_string(bytes_read_) + ": " +
                               std::strerror(errno));
  }
  bytes_read_ += static_cast<uint64_t>(n);
  return std::string_view(room_.data(), static_cast<size_t>(n));
}

}  // namespace rollcall::cli
