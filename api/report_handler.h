// The handler of reports: POST of Prometheus' text format. See api/README.md, "Contract".
// Any thread.
#pragma once

#include "http/server/route.h"
#include "ingest/ingester.h"

namespace rollcall::api {

inline constexpr std::string_view kSourceIdHeader = "X-Cluster-ID";

// Returns the answer to a request whose head shows that it is not a valid report, or nullopt where
// its body is needed. 400: the source's id is not valid; the text names the header and the rule.
std::optional<http::HttpResponse> JudgeReport(const http::HttpRequest& head);

// Passes the report to `ingester` and answers when it is durable or refused. `ingester` must
// outlive the handler.
http::Route::Handler ReportHandler(ingest::Ingester& ingester);

}  // namespace rollcall::api
