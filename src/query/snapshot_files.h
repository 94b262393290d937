// Snapshots of closed months in a directory, one file `YYYY-MM.json` each: what the former server
// left there, and what this one collects. The built-in fleet's files are in the directory itself,
// another's in a folder of its name. Thread-safe; several processes may share the directory.
#pragma once

#include <filesystem>
#include <optional>
#include <string>

#include "base/status.h"
#include "model/month_snapshot.h"

namespace rollcall::query {

class SnapshotFiles {
 public:
  // Empty: there are no files, and none is written.
  explicit SnapshotFiles(std::string directory) : directory_(std::move(directory)) {}

  // nullopt: no file, or none that counts: collected before its month ended, all zeros, damaged.
  // The last is logged, with the path and what is wrong.
  std::optional<MonthSnapshot> Read(const Fleet& fleet, Month month) const;

  // Replaces the file: whoever reads, also after a crash, finds the old one or the new one, whole.
  // Makes the directory where there is none. Unavailable: the disk. Ok at once without a directory.
  Status Write(const Fleet& fleet, const MonthSnapshot& snapshot) const;

 private:
  std::filesystem::path FolderOf(const Fleet& fleet) const;

  const std::string directory_;
};

}  // namespace rollcall::query
