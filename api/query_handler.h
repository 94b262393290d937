// The handlers of queries in PromQL, as Prometheus' API has them: /api/v1/query, query_range,
// format_query and parse_query; GET, or POST of a form. See README.md, "PromQL". Any thread.
#pragma once

#include "api/promql_service.h"
#include "http/server/api_request.h"

namespace rollcall::api {

// `service` must outlive the handlers.
http::ApiHandler InstantQueryHandler(PromqlService& service);
http::ApiHandler RangeQueryHandler(PromqlService& service);
http::ApiHandler FormatQueryHandler();
http::ApiHandler ParseQueryHandler();

}  // namespace rollcall::api
