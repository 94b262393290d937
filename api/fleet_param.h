// The parameter `fleet` of the endpoints that have rules of their own for errors. Pure function.
#pragma once

#include "base/status.h"
#include "fleets/catalog.h"
#include "http/server/api_request.h"

namespace rollcall::api {

// Returns the fleet that a request names, or the default one; valid as long as `fleets`.
// InvalidArgument: there is none of that name; the message lists those that there are.
Result<const Fleet*> FleetOf(const fleets::FleetSet& fleets, const http::ApiRequest& request);

}  // namespace rollcall::api
