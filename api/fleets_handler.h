// GET /api/v1/fleets: which fleets there are, what is counted of them, and of which months.
#pragma once

#include "api/data_services.h"
#include "http/server/api_request.h"

namespace rollcall::api {

http::ApiHandler FleetsHandler(const DataServices& services);

}  // namespace rollcall::api
