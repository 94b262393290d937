// GET /api/v1/breakdown: a metric of one period by the value of a label.
#pragma once

#include "api/data_services.h"
#include "http/server/api_request.h"

namespace rollcall::api {

http::ApiHandler BreakdownHandler(const DataServices& services);

}  // namespace rollcall::api
