// An overview as the JSON that api/README.md, "Contract", specifies. Pure functions; any thread.
#pragma once

#include <string>

#include "model/overview.h"

namespace rollcall::api {

std::string OverviewJson(const Fleet& fleet, const Overview& overview);

// Returns {"error": message}.
std::string ErrorJson(const std::string& message);

}  // namespace rollcall::api
