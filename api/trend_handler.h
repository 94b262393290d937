// The handler of GET /api/v1/trend: a metric month by month or day by day.
#pragma once

#include "api/data_services.h"
#include "http/server/api_request.h"

namespace rollcall::api {

// Returns the handler, which may be called from any thread. What `services` refers to must
// outlive it.
http::ApiHandler TrendHandler(const DataServices& services);

}  // namespace rollcall::api
