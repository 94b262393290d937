// The routes of both listeners, which the server adds to one table before it starts:
//
//   public    POST of what a fleet declares (fleets::FleetSet)        a report
//             GET  /, /FLEET/, and the page's files                   the page
//             GET  /privacy                                           what is kept of reports
//             GET  /api/overview                                      the overview
//             GET  /api/v1/{fleets,overview,trend,breakdown}          the numbers in detail
//             GET  /badge/FIGURE.svg, /chart/FIGURE.svg               figures as images
//             GET  /healthz, /readyz                                  liveness, readiness to store
//             GET  /robots.txt, /favicon.ico                          for crawlers and browsers
//   private   GET  /metrics                                           the server's metrics
//             GET  /healthz, /readyz                                  as above
//             POST /api/v1/import/prometheus                          import of history
//             GET, POST /api/v1/export                                export of the stored reports
//             GET  /api/v1/clock                                      the store's own time
//             POST /api/v1/clock/accept                               confirms the clock
//             GET, POST /api/v1/backups                               how the latest backup of
//             the store fares; begins one
//             GET, DELETE /api/v1/sources/FLEET/ID                    what is held of an
//             installation; erases it
//             DELETE /api/v1/machines/ID                              erases a machine's records
//             GET  /api/v1/undeclared                                 fields that came undeclared
//             GET  /api/v1/outbox/parked                              reports that were refused
//             GET  /hosts, and the files of pages                     the page of hosts
//             GET  /telemetry/hosts, /telemetry/history               samples of hosts
//             POST /telemetry/samples                                 takes some in
//
// Prometheus' API stands in promql_routes.h. And with --records
//
//   public    POST /, /v2/collector, /v3/collector                    a record
//             GET  /v2/collector                                      leads to the page
//   private   GET  /api/records                                       records
//             /api/v1/records/…                                       views of them
//             GET  /api/v1/records/export                             all of them, as an import
//             takes them
//             POST /api/v1/records/prune                              deletes those past their time
#pragma once

#include <functional>
#include <stop_token>

#include "api/promql_service.h"
#include "api/record_intake.h"
#include "base/clock.h"
#include "counts/comparison.h"
#include "counts/overview.h"
#include "counts/period_tallies.h"
#include "fleets/catalog.h"
#include "hosts/sample_writer.h"
#include "http/server/route_table.h"
#include "ingest/ingester.h"
#include "jobs/backups.h"
#include "jobs/retention.h"
#include "metrics/registry.h"
#include "model/overview.h"
#include "parse/record_retention_json.h"
#include "records/record_views.h"
#include "storage/stores.h"

namespace rollcall::api {

// The objects that handlers work with. Owned by the server; all of them must outlive the routes and
// are thread-safe.
struct Services {
  const fleets::Catalog& catalog;
  ingest::Ingester& ingester;
  OverviewSource& overviews;
  bool overviews_are_remote;  // computing them means waiting for another server
  counts::OverviewReader& stored_overviews;
  counts::ComparisonReader& comparisons;
  counts::PeriodTallies& tallies;
  metrics::Registry& registry;
  size_t max_report_bytes;
  storage::Stores& stores;
  bool stores_reports;  // false: reports are only forwarded
  bool forwards_reports;
  const Clock& clock;
  std::stop_token stop_imports;
  jobs::RetentionOptions retention;
  hosts::SampleWriter& host_samples;
  const RecordIntake* records;         // null: no records are taken, and none given out
  records::RecordViews* record_views;  // the same
  RecordRetention record_retention;
  jobs::Backups& backups;
  PromqlService& promql;
};

// Adds all routes to `table`.
void AddRoutes(const Services& services, http::RouteTable& table);

}  // namespace rollcall::api
