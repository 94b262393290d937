// The handler of GET /api/v1/fleets: the fleets, what is counted of each, and the months that
// have data.
#pragma once

#include "api/data_services.h"
#include "http/server/api_request.h"

namespace rollcall::api {

// Returns the handler, which may be called from any thread. What `services` refers to must
// outlive it.
http::ApiHandler FleetsHandler(const DataServices& services);

}  // namespace rollcall::api
