// How far a move from a VictoriaMetrics has come, in a small file: so that the same command goes on
// where it was interrupted. Owned by the import command; one thread.
#pragma once

#include <optional>
#include <string>

#include "base/civil_time.h"
#include "base/status.h"
#include "cli/options.h"

namespace rollcall::cli {

class PullState {
 public:
  // The file is in the store's directory, or for a server in the user's ($XDG_STATE_HOME, else
  // ~/.local/state), and its name stands for all that makes it the same move. Where there is no
  // such directory nothing is kept.
  explicit PullState(const Options& options);

  // The month to go on with; nullopt: there is nothing to go on from.
  std::optional<Month> Load() const;
  // All months before this one are stored. Unavailable: the file cannot be written.
  Status Save(Month next) const;
  // The move is done.
  void Remove() const;

 private:
  std::string directory_;  // empty: nowhere
  std::string path_;
};

}  // namespace rollcall::cli
