// The handler of GET /chart/FIGURE.svg: one figure month by month, as an image.
#pragma once

#include "api/data_services.h"
#include "http/server/api_request.h"

namespace rollcall::api {

// Returns the handler, which may be called from any thread. What `services` refers to must
// outlive it.
http::ApiHandler ChartHandler(const DataServices& services);

}  // namespace rollcall::api
