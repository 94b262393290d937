// GET /badge/FIGURE.svg: one number for a README.
#pragma once

#include "api/data_services.h"
#include "http/server/api_request.h"

namespace rollcall::api {

http::ApiHandler BadgeHandler(const DataServices& services);

}  // namespace rollcall::api
