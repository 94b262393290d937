// An overview as the JSON that the contract "Cozystack telemetry" gives.
#pragma once

#include <string>

#include "model/overview.h"

namespace rollcall::api {

std::string OverviewJson(const Fleet& fleet, const Overview& overview);

// {"error": message}
std::string ErrorJson(const std::string& message);

}  // namespace rollcall::api
