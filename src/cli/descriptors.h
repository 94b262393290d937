// The file descriptors of the process, and who gets how many: the store what it needs, the front
// what is left. Used by the main thread before either begins.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>

#include "cli/options.h"

namespace rollcall::cli {

// Raises the process's limit as far as the system lets it, and returns it.
uint64_t RaiseDescriptorLimit();

// Lowers the options so that the limit allows for them. Returns what the log is to say where
// connections are fewer than was asked for, and nothing where they are not.
std::string ShareDescriptors(uint64_t limit, Options& options);

}  // namespace rollcall::cli
