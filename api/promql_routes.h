// The routes of Prometheus' API at the private listener, by which Grafana, promtool and the like
// ask for what is stored:
//
//   GET, POST /api/v1/query, /api/v1/query_range        a query in PromQL, at an instant or many
//   GET, POST /api/v1/format_query, /api/v1/parse_query a query, written as it is read best; its
//                                                       tree
//   GET, POST /api/v1/series, /api/v1/labels            the series, and names of labels
//   GET       /api/v1/label/NAME/values                 values of a label
//   GET       /api/v1/metadata                          what is said of metrics
//   GET       /api/v1/status/buildinfo, /api/v1/rules,  what clients ask for when they start
//             /api/v1/alerts, /api/v1/query_exemplars
//   GET       /-/healthy, /-/ready                      as /healthz and /readyz
//
// and all of them but the last below /prometheus and /select/0/prometheus, where those who asked a
// VictoriaMetrics look for them.
#pragma once

#include "api/promql_service.h"
#include "fleets/catalog.h"
#include "http/server/route_table.h"

namespace rollcall::api {

// Both must outlive the routes.
void AddPromqlRoutes(PromqlService& service, const fleets::Catalog& catalog,
                     http::RouteTable& table);

}  // namespace rollcall::api
