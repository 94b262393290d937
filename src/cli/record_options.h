// The options that concern records, for the option table, and the file that one of them names. One
// thread.
#pragma once

#include <vector>

#include "cli/option_table.h"

namespace rollcall::cli {

void AddRecordOptions(std::vector<OptionSpec>& table);

// Reads the file of --records-retention, if one is named, into the server's options. NotFound,
// InvalidArgument: it cannot be read, or is wrong; the message names the file and the place.
Status ReadRecordRetention(Options& options);

}  // namespace rollcall::cli
