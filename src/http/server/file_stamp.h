// What shows that a file was changed or replaced. A plain value; any thread.
#pragma once

#include <sys/stat.h>

#include <compare>
#include <cstdint>
#include <string>

namespace rollcall::http {

struct FileStamp {
  uint64_t device = 0;
  uint64_t inode = 0;
  int64_t size = 0;
  int64_t modified_ns = 0;
  int64_t changed_ns = 0;

  // Follows links. The stamp of a file that is not there is all zeros.
  static FileStamp Of(const std::string& path) {
    struct stat file {};
    if (path.empty() || stat(path.c_str(), &file) != 0) return {};
    constexpr int64_t kSecond = 1'000'000'000;
    return {file.st_dev, file.st_ino, file.st_size,
            file.st_mtim.tv_sec * kSecond + file.st_mtim.tv_nsec,
            file.st_ctim.tv_sec * kSecond + file.st_ctim.tv_nsec};
  }
  auto operator<=>(const FileStamp&) const = default;
};

}  // namespace rollcall::http
