// GET /api/v1/breakdown: a metric of one period by the value of a label.
#pragma once

#include "api/data_services.h"
#include "api/httplib_engine.h"

namespace rollcall::api {

ApiHandler BreakdownHandler(const DataServices& services);

}  // namespace rollcall::api
