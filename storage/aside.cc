#include "storage/aside.h"

#include <algorithm>
#include <chrono>
#include <filesystem>

#include "base/civil_time.h"
#include "storage/store_files.h"

namespace rollcall::storage {

namespace fs = std::filesystem;

Status Aside::Keep(const std::string& name) {
  std::error_code error;
  if (path_.empty()) {
    std::string stamp =
        FormatRfc3339(std::chrono::floor<std::chrono::seconds>(std::chrono::system_clock::now()));
    std::erase_if(stamp, [](char c) { return c == '-' || c == ':'; });
    const std::string path = PathOf(directory_, "damaged-" + stamp);
    fs::create_directory(path, error);
    if (error) return Status::Unavailable("make " + path + ": " + error.message());
    path_ = path;
  }
  const std::string kept = PathOf(path_, name);
  if (fs::exists(kept, error) || !fs::exists(PathOf(directory_, name), error)) return Status::Ok();
  // Tables are never written to again; all others may be.
  if (name.ends_with(".sst")) fs::create_hard_link(PathOf(directory_, name), kept, error);
  if (!name.ends_with(".sst") || error) fs::copy_file(PathOf(directory_, name), kept, error);
  return error ? Status::Unavailable("keep " + name + " in " + path_ + ": " + error.message())
               : Status::Ok();
}

}  // namespace rollcall::storage
