// The check of a store against itself, as a command shows it. One thread.
#pragma once

#include "cli/options.h"

namespace rollcall::cli {

// Verifies the store of the options, which nobody may have open for writing, with a progress bar,
// and prints what differs and what was compared. Returns the exit code. `command` begins the line
// that says why it cannot be opened.
int VerifyStore(const char* command, const Options& options);

}  // namespace rollcall::cli
