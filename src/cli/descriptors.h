// The file descriptors of the process and how they are shared out: the store gets what it needs,
// the front the rest. Used by the main thread before either starts.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>

#include "cli/options.h"

namespace rollcall::cli {

// Raises the process's soft limit to the hard limit and returns that; UINT64_MAX if it is
// not known.
uint64_t RaiseDescriptorLimit();

// Lowers the options so that they fit within `limit`. Returns a line for the log if there will be
// fewer connections than were asked for, else an empty text.
std::string ShareDescriptors(uint64_t limit, Options& options);

}  // namespace rollcall::cli
