// The handler of GET /api/v1/distribution: how much of a figure each source has in one period, as
// percentiles and a histogram.
#pragma once

#include "api/data_services.h"
#include "http/server/api_request.h"

namespace rollcall::api {

// Returns the handler, which may be called from any thread. What `services` refers to must
// outlive it.
http::ApiHandler DistributionHandler(const DataServices& services);

}  // namespace rollcall::api
