// What an export writes to: a file, which is there under its name only once it is whole, or
// standard output. Owned by the command; one thread.
#pragma once

#include <memory>
#include <string>
#include <string_view>

#include "base/status.h"

namespace rollcall::cli {

class OutputFile {
 public:
  // "-": standard output. NotFound: it cannot be made; the message names it.
  static Result<std::unique_ptr<OutputFile>> Open(const std::string& file);
  // What is not finished is removed.
  ~OutputFile();
  OutputFile(const OutputFile&) = delete;
  OutputFile& operator=(const OutputFile&) = delete;

  // Unavailable: the disk, or whoever reads standard output is gone.
  Status Write(std::string_view bytes);
  // Puts the file under its name, replacing what was there.
  Status Finish();

 private:
  OutputFile(std::string name, std::string written_as, int fd, bool unnamed = false)
      : name_(std::move(name)), written_as_(std::move(written_as)), fd_(fd), unnamed_(unnamed) {}
  Status Fail(const char* step) const;

  const std::string name_;
  const std::string written_as_;  // empty: as it is named, or unnamed
  const int fd_;
  const bool unnamed_;  // until it is finished
  bool finished_ = false;
};

}  // namespace rollcall::cli
