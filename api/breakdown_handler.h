// The handler of GET /api/v1/breakdown: a metric in one period, by the value of a label.
#pragma once

#include "api/data_services.h"
#include "http/server/api_request.h"

namespace rollcall::api {

// Returns the handler, which may be called from any thread. What `services` refers to must
// outlive it.
http::ApiHandler BreakdownHandler(const DataServices& services);

}  // namespace rollcall::api
