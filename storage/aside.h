// A directory inside a store's that keeps the originals of files about to be changed:
// damaged-20260307T120005Z (UTC). Created by the first Keep. One thread.
#pragma once

#include <string>
#include <string_view>

#include "base/status.h"

namespace rollcall::storage {

class Aside {
 public:
  explicit Aside(std::string directory) : directory_(std::move(directory)) {}

  // Keeps a file of the store's directory as it is now, by a hard link or a copy. Does nothing
  // where that name is kept already or there is no such file. Unavailable: the disk failed.
  Status Keep(const std::string& name);
  // Returns the directory's path; empty where nothing was kept.
  const std::string& path() const { return path_; }

 private:
  const std::string directory_;
  std::string path_;
};

}  // namespace rollcall::storage
