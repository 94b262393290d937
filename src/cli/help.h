// The help of the command line, and the same options as the table of src/cli/README.md. Made from
// the option table; pure functions.
#pragma once

#include <span>
#include <string>

#include "cli/command.h"

namespace rollcall::cli {

// How to call rollcall, and its commands, a line each.
std::string HelpOnAll(std::span<const Command> commands);

// One command: how to call it, what it does, and each of its options.
std::string HelpOn(const Command& command);

// All options as a Markdown table, ended by a newline.
std::string OptionsAsMarkdown();

}  // namespace rollcall::cli
