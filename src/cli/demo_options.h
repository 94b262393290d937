// The options of the demo command alone, for the option table. One thread.
#pragma once

#include <vector>

#include "cli/option_table.h"

namespace rollcall::cli {

void AddDemoOptions(std::vector<OptionSpec>& table);

}  // namespace rollcall::cli
