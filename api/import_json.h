// An import's tally as JSON. Pure functions; any thread.
#pragma once

#include <string>
#include <string_view>

#include "base/status.h"
#include "ingest/importer.h"

namespace rollcall::api {

// Returns an object with the tally's numbers and its list of errors, followed by a newline.
std::string ImportJson(const ingest::ImportTally& tally);

// Parses what ImportJson returns. InvalidArgument: the text is not such JSON.
Result<ingest::ImportTally> ParseImportJson(std::string_view text);

}  // namespace rollcall::api
