// POST of a report in Prometheus' text format. See api/README.md, "Contract".
#pragma once

#include "http/server/route.h"
#include "ingest/ingester.h"

namespace rollcall::api {

inline constexpr std::string_view kSourceIdHeader = "X-Cluster-ID";

// What the head alone decides: the answer to a request that cannot be a report, or nullopt where
// its body is wanted. 400: the id breaks its rule, the text names the header and the rule.
std::optional<http::HttpResponse> JudgeReport(const http::HttpRequest& head);

// Takes a report in; answers when it is durable or refused. `ingester` outlives the handler.
http::Route::Handler ReportHandler(ingest::Ingester& ingester);

}  // namespace rollcall::api
