// GET /api/overview. Contract "Cozystack telemetry", Overview.
#pragma once

#include "api/httplib_engine.h"
#include "counts/overview.h"

namespace rollcall::api {

// `overviews` outlives the handler.
ApiHandler OverviewHandler(counts::OverviewReader& overviews);

// Answers good questions as where no month has data.
ApiHandler NoOverviewHandler();

}  // namespace rollcall::api
