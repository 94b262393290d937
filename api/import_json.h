// What an import came to, as JSON.
#pragma once

#include <string>
#include <string_view>

#include "base/status.h"
#include "ingest/importer.h"

namespace rollcall::api {

// An object with the tally's numbers and its list of errors, ended by a newline.
std::string ImportJson(const ingest::ImportTally& tally);

// The reverse. InvalidArgument: the text is not what ImportJson writes.
Result<ingest::ImportTally> ParseImportJson(std::string_view text);

}  // namespace rollcall::api
