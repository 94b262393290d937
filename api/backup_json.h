// How a server's latest backup fares, as JSON. Pure functions; any thread.
#pragma once

#include <string>
#include <string_view>

#include "base/status.h"
#include "jobs/backups.h"

namespace rollcall::api {

// Returns an object, followed by a newline; api/README.md, "Backups".
std::string BackupJson(const jobs::Backups::View& view);

// Parses what BackupJson returns. InvalidArgument: the text is not such JSON.
Result<jobs::Backups::View> ParseBackupJson(std::string_view text);

}  // namespace rollcall::api
