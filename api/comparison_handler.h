// The handler of GET /api/v1/overview: the numbers of a month and of the quarter and the year that
// end with it, each beside those of the period before.
#pragma once

#include "api/data_services.h"
#include "http/server/api_request.h"

namespace rollcall::api {

// Returns the handler, which may be called from any thread. What `services` refers to must
// outlive it.
http::ApiHandler ComparisonHandler(const DataServices& services);

}  // namespace rollcall::api
