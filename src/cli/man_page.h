// The manual page rollcall(1), made from the commands and the option table. Pure function.
#pragma once

#include <span>
#include <string>

#include "cli/command.h"

namespace rollcall::cli {

// Returns the page as man(7) has it.
std::string ManPage(std::span<const Command> commands);

}  // namespace rollcall::cli
