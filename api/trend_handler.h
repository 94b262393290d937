// GET /api/v1/trend: a metric from month to month or from day to day.
#pragma once

#include "api/data_services.h"
#include "http/server/api_request.h"

namespace rollcall::api {

http::ApiHandler TrendHandler(const DataServices& services);

}  // namespace rollcall::api
