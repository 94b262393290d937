// POST of a report in Prometheus' text format. Contract "Cozystack telemetry", Ingest.
#pragma once

#include "http/server/message.h"
#include "ingest/ingester.h"

namespace rollcall::api {

inline constexpr std::string_view kSourceIdHeader = "X-Cluster-ID";

// What the head alone decides: the answer to a request that cannot be a report, or nullopt where
// its body is wanted. 400: the id breaks its rule, the text names the header and the rule.
std::optional<http::HttpResponse> JudgeReport(const http::HttpRequest& head);

// Takes the report in; answers when it is durable or refused.
void HandleReport(ingest::Ingester& ingester, http::HttpRequest&& request,
                  http::Responder&& responder);

}  // namespace rollcall::api
