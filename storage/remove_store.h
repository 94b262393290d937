// The removal of a store from the disk. Thread-safe.
#pragma once

#include <string>

#include "base/status.h"

namespace rollcall::storage {

// Deletes the files of a store, and its directory where nothing else is in it. Requires that nobody
// has the store open. Unavailable: not all of them could be deleted.
Status RemoveStore(const std::string& directory);

}  // namespace rollcall::storage
