// The help of the command line, and the table of options in src/cli/README.md. Both are made from
// the option table. Pure functions.
#pragma once

#include <span>
#include <string>

#include "cli/command.h"
#include "cli/option_table.h"

namespace rollcall::cli {

// Returns what the option is for, what 0 or nothing does, and what becomes of a change.
std::string MeaningOf(const OptionSpec& spec);

// Returns how to call rollcall, and a line for each command.
std::string HelpOnAll(std::span<const Command> commands);

// Returns how to call the command, what it does, and each of its options.
std::string HelpOn(const Command& command);

// Returns a configuration file that explains each flag of serve in comments, and has those in force
// whose value in `options` is not the default.
std::string OptionsAsConfig(const Options& options);

// Returns all options as a Markdown table, which ends with a newline.
std::string OptionsAsMarkdown();

}  // namespace rollcall::cli
