// A file that is replaced as a whole: whoever reads it finds the old text or the new one, also
// after a crash. Any thread.
#pragma once

#include <sys/types.h>

#include <optional>
#include <string>
#include <string_view>
#include <utility>

#include "base/status.h"

namespace rollcall {

struct FileRights {
  mode_t mode = 0644;
  std::optional<std::pair<uid_t, gid_t>> owner = {};  // nullopt: who runs the program
};

// Writes and syncs the text under a hidden name beside it, then renames. Unavailable: nothing was
// replaced; or, where the message says that the folder could not be synced, a power cut may bring
// the old text back.
Status ReplaceFile(const std::string& path, std::string_view text, const FileRights& rights);

}  // namespace rollcall
