// GET /badge/FIGURE.svg: one number for a README.
#pragma once

#include "api/data_services.h"
#include "api/httplib_engine.h"

namespace rollcall::api {

ApiHandler BadgeHandler(const DataServices& services);

}  // namespace rollcall::api
