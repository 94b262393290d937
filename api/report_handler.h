// The handler of reports: a POST to what a fleet declares, in the form that it declares. See
// api/README.md, "Contract". Any thread.
#pragma once

#include "fleets/catalog.h"
#include "http/server/route.h"
#include "ingest/ingester.h"

namespace rollcall::api {

// Returns whether a path that no other route has is one that reports are posted to.
bool IsForReports(const fleets::FleetSet& fleets, const http::HttpRequest& head);

// Returns whether the head says of which fleet the request is.
bool IsOfAFleet(const fleets::FleetSet& fleets, const http::HttpRequest& head);

// Returns the answer to a request whose head shows that it is not a valid report, or nullopt where
// its body is needed. 400: the source's id is not valid; the text names the header and the rule.
std::optional<http::HttpResponse> JudgeReport(const fleets::FleetSet& fleets,
                                              const http::HttpRequest& head);

// Passes the report to `ingester` and answers when it is durable or refused. Both must outlive the
// handler.
http::Route::Handler ReportHandler(const fleets::Catalog& catalog, ingest::Ingester& ingester);

}  // namespace rollcall::api
