// A request's body, or the first part of it, in a file without a name: gone with its last owner,
// whatever ends the process. Used by one thread at a time: who writes it, then who reads it.
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <string_view>

#include "api/http_listen.h"
#include "base/status.h"

namespace rollcall::api {

class BodyFile {
 public:
  // The file is made in `directory`, by the first Append.
  explicit BodyFile(std::string directory) : directory_(std::move(directory)) {}

  // Unavailable: the disk is full or failed, or the directory is not there; what the file holds is
  // then of no use.
  Status Append(std::string_view bytes);
  // Bytes from `offset` into `room`; 0 at the end. Unavailable: the disk.
  Result<size_t> Read(uint64_t offset, std::span<char> room) const;
  uint64_t size() const { return size_; }

 private:
  const std::string directory_;
  FileDescriptor fd_;
  uint64_t size_ = 0;
};

}  // namespace rollcall::api
