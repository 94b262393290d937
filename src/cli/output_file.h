// The output of an export: standard output, or a file, which appears under its name only once it is
// complete. Owned by the command; one thread.
#pragma once

#include <memory>
#include <string>
#include <string_view>

#include "base/status.h"

namespace rollcall::cli {

class OutputFile {
 public:
  // Opens a file, or standard output for "-". NotFound: it cannot be created; the message names it.
  static Result<std::unique_ptr<OutputFile>> Open(const std::string& file);
  // Removes a file that is not finished.
  ~OutputFile();
  OutputFile(const OutputFile&) = delete;
  OutputFile& operator=(const OutputFile&) = delete;

  // Unavailable: the disk failed, or the reader of standard output is gone.
  Status Write(std::string_view bytes);
  // Puts the file under its name, replacing what was there. Unavailable: the disk failed.
  Status Finish();

 private:
  OutputFile(std::string name, std::string written_as, int fd, bool unnamed = false)
      : name_(std::move(name)), written_as_(std::move(written_as)), fd_(fd), unnamed_(unnamed) {}
  Status Fail(const char* step) const;

  const std::string name_;
  const std::string written_as_;  // temporary name; empty: its own name, or none
  const int fd_;
  const bool unnamed_;  // the file has no name until it is finished
  bool finished_ = false;
};

}  // namespace rollcall::cli
