// A directory beside a store's files that keeps those of them that are about to be changed, as they
// were: damaged-20260307T120005Z. Made with the first file.
#pragma once

#include <string>
#include <string_view>

#include "base/status.h"

namespace rollcall::storage {

class Aside {
 public:
  explicit Aside(std::string directory) : directory_(std::move(directory)) {}

  // Keeps a file of the directory; once, and not one that is not there. Unavailable: the disk.
  Status Keep(const std::string& name);
  // Empty: nothing was kept.
  const std::string& path() const { return path_; }

 private:
  const std::string directory_;
  std::string path_;
};

}  // namespace rollcall::storage
