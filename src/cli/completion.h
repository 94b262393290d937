// Completion of rollcall's command line in a shell, made from the commands and the option table.
// Pure functions.
#pragma once

#include <span>
#include <string>

#include "cli/command.h"

namespace rollcall::cli {

std::string BashCompletion(std::span<const Command> commands);
std::string ZshCompletion(std::span<const Command> commands);

}  // namespace rollcall::cli
