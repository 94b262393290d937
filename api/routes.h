// The routes of both listeners: one table says what has a meaning where.
//
//   public    POST /, POST of anything else that has X-Cluster-ID     a report
//             GET  /, and the page's files                            the page
//             GET  /api/overview                                      the numbers
//             GET  /api/v1/{fleets,overview,trend,breakdown}          the same, and what they are
//                                                                     made of
//             GET  /badge/FIGURE.svg, /chart/FIGURE.svg               the same as images
//             GET  /healthz, /readyz                                  is it up, can it store
//             GET  /robots.txt, /favicon.ico                          what is asked for unbidden
//   private   GET  /metrics, /healthz, /readyz
//             POST /api/v1/import/prometheus                          history
//             GET, POST /api/v1/export                                the stored reports
//             GET  /api/v1/clock                                      the store's own time
//             POST /api/v1/clock/accept                               the clock is right
//             GET  /api/v1/outbox/parked                              what a receiver refused
#pragma once

#include <functional>
#include <stop_token>

#include "base/clock.h"
#include "counts/comparison.h"
#include "counts/overview.h"
#include "counts/period_tallies.h"
#include "http/server/route_table.h"
#include "ingest/ingester.h"
#include "jobs/retention.h"
#include "metrics/registry.h"
#include "model/overview.h"
#include "storage/stores.h"

namespace rollcall::api {

// What handlers work with. All of it outlives the routes.
struct Services {
  ingest::Ingester& ingester;
  OverviewSource& overviews;
  bool overviews_are_remote;  // they wait for another server
  counts::OverviewReader& stored_overviews;
  counts::ComparisonReader& comparisons;
  counts::PeriodTallies& tallies;
  metrics::Registry& registry;
  size_t max_report_bytes;
  storage::Stores& stores;
  bool stores_reports;  // false: they are forwarded only
  const Clock& clock;
  std::stop_token stop_imports;
  jobs::RetentionOptions retention;
};

// Adds every row.
void AddRoutes(const Services& services, http::RouteTable& table);

}  // namespace rollcall::api
