// The help of the command line, and the table of options in src/cli/README.md. Both are made from
// the option table. Pure functions.
#pragma once

#include <span>
#include <string>

#include "cli/command.h"

namespace rollcall::cli {

// Returns how to call rollcall, and a line for each command.
std::string HelpOnAll(std::span<const Command> commands);

// Returns how to call the command, what it does, and each of its options.
std::string HelpOn(const Command& command);

// Returns all options as a Markdown table, which ends with a newline.
std::string OptionsAsMarkdown();

}  // namespace rollcall::cli
