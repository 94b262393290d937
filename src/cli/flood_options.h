// The options that limit what strangers may bring, for the option table. One thread.
#pragma once

#include <vector>

#include "cli/option_table.h"

namespace rollcall::cli {

void AddFloodOptions(std::vector<OptionSpec>& table);

}  // namespace rollcall::cli
