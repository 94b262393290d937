// Snapshots of closed months in a directory, one file `YYYY-MM.json` each: those that the former
// server left there, and those that this one collects. The built-in fleet's files are in the
// directory itself, another fleet's in a folder of its name. Owned by the overview source that uses
// them. Thread-safe; several processes may share the directory.
#pragma once

#include <filesystem>
#include <optional>
#include <string>

#include "base/status.h"
#include "model/month_snapshot.h"

namespace rollcall::query {

class SnapshotFiles {
 public:
  // `directory`: where empty, there are no files and none is written.
  explicit SnapshotFiles(std::string directory) : directory_(std::move(directory)) {}

  // Returns the month's snapshot; nullopt where there is no file or its snapshot does not count
  // because it was collected before the month ended, is all zeros, or is damaged. A damaged file is
  // logged, with its path and what is wrong.
  std::optional<MonthSnapshot> Read(const Fleet& fleet, Month month) const;

  // Replaces the snapshot's file atomically: a reader, even after a crash, finds either the old one
  // or the new one, complete. Creates the directory where there is none. Unavailable: the disk
  // failed. Does nothing and returns Ok where SnapshotFiles has no directory.
  Status Write(const Fleet& fleet, const MonthSnapshot& snapshot) const;

 private:
  std::filesystem::path FolderOf(const Fleet& fleet) const;

  const std::string directory_;
};

}  // namespace rollcall::query
