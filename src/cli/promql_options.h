// The options of queries in PromQL, for the option table. One thread.
#pragma once

#include <vector>

#include "cli/option_table.h"

namespace rollcall::cli {

void AddPromqlOptions(std::vector<OptionSpec>& table);

}  // namespace rollcall::cli
