#include "base/replace_file.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <filesystem>

namespace rollcall {
namespace {

Status Failure(const std::string& step, const std::string& path) {
  return Status::Unavailable(step + " " + path + ": " + std::strerror(errno));
}

Status Fill(int fd, std::string_view text, const FileRights& rights, const std::string& path) {
  while (!text.empty()) {
    const ssize_t n = write(fd, text.data(), text.size());
    if (n < 0 && errno == EINTR) continue;
    if (n < 0) return Failure("write", path);
    text.remove_prefix(static_cast<size_t>(n));
  }
  if (fchmod(fd, rights.mode) != 0 ||
      (rights.owner && fchown(fd, rights.owner->first, rights.owner->second) != 0)) {
    return Failure("set the rights of", path);
  }
  return fsync(fd) == 0 ? Status::Ok() : Failure("sync", path);
}

}  // namespace

Status ReplaceFile(const std::string& path, std::string_view text, const FileRights& rights) {
  const std::filesystem::path whole(path);
  const std::string folder = whole.has_parent_path() ? whole.parent_path().string() : ".";
  std::string temporary = folder + "/." + whole.filename().string() + ".XXXXXX";
  const int fd = mkostemp(temporary.data(), O_CLOEXEC);
  if (fd < 0) return Failure("make a temporary file for", path);
  Status filled = Fill(fd, text, rights, temporary);
  close(fd);
  if (filled.ok() && std::rename(temporary.c_str(), path.c_str()) != 0) {
    filled = Failure("rename to", path);
  }
  if (!filled.ok()) {
    unlink(temporary.c_str());
    return filled;
  }
  const int directory = open(folder.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
  const bool synced = directory >= 0 && fsync(directory) == 0;
  const Status status = synced ? Status::Ok() : Failure("sync", folder);
  if (directory >= 0) close(directory);
  return status;
}

}  // namespace rollcall
