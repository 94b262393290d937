// The file descriptors of the process, and who gets how many: the store what it needs, the front
// what is left. Used by the main thread before either begins.
#pragma once

#include <cstddef>
#include <cstdint>

#include "cli/options.h"

namespace rollcall::cli {

// Raises the process's limit as far as the system lets it, and returns it.
uint64_t RaiseDescriptorLimit();

// Lowers the options so that the limit allows for them; a line in the log says where connections
// are fewer than was asked for.
void ShareDescriptors(uint64_t limit, Options& options);

}  // namespace rollcall::cli
