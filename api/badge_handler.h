// The handler of GET /badge/FIGURE.svg: one figure as an image for a README.
#pragma once

#include "api/data_services.h"
#include "http/server/api_request.h"

namespace rollcall::api {

// Returns the handler, which may be called from any thread. What `services` refers to must
// outlive it.
http::ApiHandler BadgeHandler(const DataServices& services);

}  // namespace rollcall::api
