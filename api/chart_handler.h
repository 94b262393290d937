// GET /chart/FIGURE.svg: one number from month to month, as an image.
#pragma once

#include "api/data_services.h"
#include "http/server/api_request.h"

namespace rollcall::api {

http::ApiHandler ChartHandler(const DataServices& services);

}  // namespace rollcall::api
