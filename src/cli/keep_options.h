// The options and words of repairs, backups, and what is kept of an installation, for the option
// table and the parser. One thread.
#pragma once

#include <string>
#include <vector>

#include "cli/option_table.h"

namespace rollcall::cli {

void AddRepairOptions(std::vector<OptionSpec>& table);
void AddBackupOptions(std::vector<OptionSpec>& table);
void AddSourceOptions(std::vector<OptionSpec>& table);

// Put the words of these commands, which are no flags, into their part. InvalidArgument: a phrase
// that says what is wrong with them.
Status ReadBackupWords(const std::vector<std::string>& words, BackupCommandOptions& backup);
Status ReadRestoreWords(const std::vector<std::string>& words, BackupCommandOptions& backup);
Status ReadSourceWords(const std::vector<std::string>& words, SourceOptions& source);

}  // namespace rollcall::cli
