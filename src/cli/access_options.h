// The options that say how the listeners are reached and who may ask the private one, for the
// option table, and what has to hold among them. One thread.
#pragma once

#include <span>
#include <string>
#include <vector>

#include "cli/option_table.h"

namespace rollcall::cli {

void AddAccessOptions(std::vector<OptionSpec>& table);

// InvalidArgument: options contradict each other, or the private listener would be open to more
// than this machine.
Status CheckAccess(const Options& options);

// Reads the words of the token command: "add NAME", "list" or "revoke NAME". InvalidArgument: they
// are others, or no file is named.
Status ReadTokenWords(std::span<const std::string> words, Options& options);

}  // namespace rollcall::cli
