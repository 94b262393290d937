// The progress of a move from a VictoriaMetrics, kept in a small file, so that the same command
// resumes where it was interrupted. Owned by the import command; one thread.
#pragma once

#include <optional>
#include <string>

#include "base/civil_time.h"
#include "base/status.h"
#include "cli/options.h"

namespace rollcall::cli {

class PullState {
 public:
  // The file is in the store's directory; if the move goes through a server, in the user's state
  // directory ($XDG_STATE_HOME, else ~/.local/state). Its name is derived from all options that
  // make it the same move. Without such a directory nothing is kept.
  explicit PullState(const Options& options);

  // Returns the month to resume with; nullopt: there is nothing to resume.
  std::optional<Month> Load() const;
  // Records that all months before `next` are stored. Unavailable: the file cannot be written.
  Status Save(Month next) const;
  // Removes the file, once the move is done.
  void Remove() const;

 private:
  std::string directory_;  // empty: nothing is kept
  std::string path_;
};

}  // namespace rollcall::cli
