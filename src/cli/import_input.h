// The input of an import: a file or standard input, read in pieces, and how far it has been read.
// Owned by the command; one thread.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "base/status.h"

namespace rollcall::cli {

class ImportInput {
 public:
  // Opens a file, or standard input for "-". NotFound: it cannot be opened; the message names it.
  static Result<std::unique_ptr<ImportInput>> Open(const std::string& file);
  ~ImportInput();
  ImportInput(const ImportInput&) = delete;
  ImportInput& operator=(const ImportInput&) = delete;

  // Returns the next piece, valid until the next call; empty at the end. Unavailable: it cannot
  // be read.
  Result<std::string_view> Next();

  uint64_t bytes_read() const { return bytes_read_; }
  uint64_t total_bytes() const { return total_bytes_; }  // 0: unknown

 private:
  ImportInput(std::string name, int fd, uint64_t total_bytes);

  const std::string name_;
  const int fd_;
  const uint64_t total_bytes_;
  uint64_t bytes_read_ = 0;
  std::vector<char> room_;
};

}  // namespace rollcall::cli
