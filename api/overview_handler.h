// GET /api/overview. See api/README.md, "Contract".
#pragma once

#include "http/server/api_request.h"
#include "model/overview.h"

namespace rollcall::api {

// `overviews` outlives the handler. `failure`: what those who ask are told where it cannot give
// one; why is logged.
http::ApiHandler OverviewHandler(OverviewSource& overviews, const char* failure);

}  // namespace rollcall::api
