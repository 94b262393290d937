// GET /api/v1/overview: a month, its quarter and its year, beside the periods before.
#pragma once

#include "api/data_services.h"
#include "http/server/api_request.h"

namespace rollcall::api {

http::ApiHandler ComparisonHandler(const DataServices& services);

}  // namespace rollcall::api
