// The end of a store on disk. Any thread.
#pragma once

#include <string>

#include "base/status.h"

namespace rollcall::storage {

// Deletes the files of a store that nobody has open, and its directory where nothing else is in it.
// Unavailable: not all of them could be deleted.
Status RemoveStore(const std::string& directory);

}  // namespace rollcall::storage
