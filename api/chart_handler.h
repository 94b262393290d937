// GET /chart/FIGURE.svg: one number from month to month, as an image.
#pragma once

#include "api/data_services.h"
#include "api/httplib_engine.h"

namespace rollcall::api {

ApiHandler ChartHandler(const DataServices& services);

}  // namespace rollcall::api
