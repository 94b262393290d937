#include "api/routes.h"

#include <algorithm>
#include <string>
#include <string_view>
#include <utility>

#include "api/backup_handler.h"
#include "api/badge_handler.h"
#include "api/breakdown_handler.h"
#include "api/chart_handler.h"
#include "api/clock_handler.h"
#include "api/comparison_handler.h"
#include "api/data_services.h"
#include "api/distribution_handler.h"
#include "api/export_handler.h"
#include "api/fleets_handler.h"
#include "api/hosts_handler.h"
#include "api/import_handler.h"
#include "api/overview_handler.h"
#include "api/page_handler.h"
#include "api/parked_handler.h"
#include "api/privacy_handler.h"
#include "api/promql_routes.h"
#include "api/record_export.h"
#include "api/record_prune.h"
#include "api/record_view_routes.h"
#include "api/records_handler.h"
#include "api/report_handler.h"
#include "api/source_handler.h"
#include "api/trend_handler.h"
#include "api/undeclared_handler.h"
#include "http/server/api_request.h"
#include "parse/record_json.h"
#include "storage/records.h"
#include "web/assets.h"

namespace rollcall::api {
namespace {

using http::Answering;
using http::ApiRequest;
using http::BoundedBody;
using http::HttpRequest;
using http::HttpResponse;
using http::IgnoredBody;
using http::kAdmin;
using http::kAtBoth;
using http::kAtPrivate;
using http::kAtPublic;
using http::kDelete;
using http::kGet;
using http::kHead;
using http::kImport;
using http::kOpen;
using http::kPost;
using http::kRead;
using http::Lane;
using http::StreamedBody;

constexpr size_t kMaxSeriesFormBytes = 256 * 1024;  // 64 selectors of 4 KiB
// The page may be found; its numbers and images are not worth a crawler's time, nor ours.
constexpr const char* kRobots =
    "User-agent: *\nDisallow: /api/\nDisallow: /badge/\nDisallow: /chart/";

// Public numbers: any site may read them, and learn why not.
void AddNumbers(const Services& services, http::RouteTable& table) {
  const char* const failure = services.overviews_are_remote
                                  ? "VictoriaMetrics does not answer as it should"
                                  : "the store cannot be read";
  const Lane overview_lane = services.overviews_are_remote ? Lane::kUpstream : Lane::kQuery;
  const DataServices data{services.catalog,       services.stores,  services.stored_overviews,
                          services.comparisons,   services.tallies, services.clock,
                          services.stores_reports};
  const auto add = [&](http::Methods methods, const char* path, Lane lane, const char* metric,
                       http::ApiHandler handler) {
    table.Add({kAtPublic, kOpen, methods, path, lane, IgnoredBody{}, true, metric,
               Answering(std::move(handler))});
  };
  add(kGet, "/api/overview", overview_lane, "overview",
      OverviewHandler(services.catalog, services.overviews, failure));
  add(kGet | kHead, "/api/v1/fleets", Lane::kQuery, "fleets", FleetsHandler(data));
  add(kGet | kHead, "/api/v1/overview", Lane::kQuery, "comparison", ComparisonHandler(data));
  add(kGet | kHead, "/api/v1/trend", Lane::kQuery, "trend", TrendHandler(data));
  add(kGet | kHead, "/api/v1/breakdown", Lane::kQuery, "breakdown", BreakdownHandler(data));
  add(kGet | kHead, "/api/v1/distribution", Lane::kQuery, "distribution",
      DistributionHandler(data));
  add(kGet | kHead, "/badge/*", Lane::kQuery, "badge", BadgeHandler(data));
  add(kGet | kHead, "/chart/*", Lane::kQuery, "chart", ChartHandler(data));
}

// Returns NAME of "/NAME/" and "/NAME".
std::string_view FleetOfPath(std::string_view path) {
  path.remove_prefix(std::min<size_t>(path.size(), 1));
  if (path.ends_with('/')) path.remove_suffix(1);
  return path;
}

// What is for people, with all that it loads.
void AddPages(const Services& services, http::RouteTable& table) {
  const fleets::Catalog& catalog = services.catalog;
  const auto add = [&](http::Listeners listeners, http::Scope scope, std::string path,
                       http::ApiHandler handler) {
    table.Add({listeners, scope, kGet | kHead, std::move(path), Lane::kQuery, IgnoredBody{}, false,
               "page", Answering(std::move(handler))});
  };
  const http::ApiHandler index = IndexHandler(catalog);
  add(kAtPublic, kOpen, "/", index);
  add(kAtPublic, kOpen, "/privacy",
      PrivacyHandler(catalog, [retention = services.retention, stores = services.stores_reports,
                               forwards = services.forwards_reports,
                               records = services.records == nullptr
                                             ? std::nullopt
                                             : std::optional(services.record_retention)](
                                  const fleets::DeclaredFleet& fleet) {
        return KeptReports{jobs::RetentionOf(&fleet, retention), stores, forwards, records};
      }));
  // The page of a fleet.
  table.Add({kAtPublic, kOpen, kGet | kHead, "*", Lane::kQuery, IgnoredBody{}, false, "page",
             Answering([index](const ApiRequest& request, HttpResponse& response) {
               if (request.path().ends_with('/')) return index(request, response);
               const std::string to = std::string(FleetOfPath(request.path())) + "/";
               response = HttpResponse::Text(301, "It is at " + to);
               response.headers.push_back({"Location", to});  // below any path of a proxy
             }),
             nullptr, [&catalog](const HttpRequest& head) {
               return catalog.current().Find(FleetOfPath(head.path())) != nullptr;
             }});
  for (const web::Asset& asset : web::Assets()) {
    // The page of hosts is as private as their history; both pages have parts in common.
    const bool is_part = asset.never_changes();
    add(is_part ? kAtBoth : kAtPrivate, is_part ? kOpen : kRead, std::string(asset.path),
        PageHandler(asset));
  }
}

void AddHosts(const Services& services, http::RouteTable& table) {
  const HostServices hosts{services.stores, services.clock, services.host_samples,
                           services.retention.host_samples};
  table.Add({kAtPrivate, kRead, kGet, "/telemetry/hosts", Lane::kQuery, IgnoredBody{}, false,
             "hosts", Answering(HostListHandler(hosts))});
  table.Add({kAtPrivate, kRead, kGet, "/telemetry/history", Lane::kQuery, IgnoredBody{}, false,
             "host-history", Answering(HostHistoryHandler(hosts))});
  table.Add({kAtPrivate, kImport, kPost, "/telemetry/samples", Lane::kIngest,
             BoundedBody{kMaxPushBytes}, false, "host-samples", PushHandler(hosts)});
}

// Before the route of reports, from which it takes what is none.
void AddRecords(const Services& services, http::RouteTable& table) {
  const RecordIntake& intake = *services.records;
  http::Route record{kAtPublic, kOpen,         kPost,
                     "/",       Lane::kIngest, BoundedBody{kMaxRecordPayload},
                     false,     "record",      RecordHandler(intake)};
  record.matches = [&catalog = services.catalog](const HttpRequest& head) {
    return IsRecord(head) && !IsOfAFleet(catalog.current(), head);
  };
  table.Add(record);
  record.path = "/v2/collector";
  record.matches = nullptr;
  table.Add(record);
  table.Add({kAtPublic, kOpen, kPost, "/v3/collector", Lane::kIngest, BoundedBody{kMaxRecordJson},
             false, "record", RecordJsonHandler(intake)});
  table.Add({kAtPublic, kOpen, kGet | kHead, "/v2/collector", Lane::kQuery, IgnoredBody{}, false,
             "record", Answering([](const ApiRequest&, HttpResponse& response) {
               response = HttpResponse::Text(302, "Records are posted here");
               response.headers.push_back({"Location", "../"});  // below any path of a proxy
             })});
  table.Add({kAtPrivate, kRead, kGet | kHead, "/api/records", Lane::kQuery, IgnoredBody{}, false,
             "records", Answering(RecordsHandler(services.stores.records(), services.clock))});
  table.Add({kAtPrivate, kAdmin, kPost, "/api/v1/records/prune", Lane::kImport, IgnoredBody{},
             false, "records-prune",
             Answering(RecordPruneHandler(services.stores, services.record_retention,
                                          services.stop_imports))});
  table.Add(
      {kAtPrivate, kRead, kGet, "/api/v1/records/export", Lane::kQuery, IgnoredBody{}, false,
       "records-export",
       Answering([&records = services.stores.records()](const ApiRequest&, HttpResponse& response) {
         response.headers.push_back({"Content-Type", "application/x-ndjson"});
         response.stream = std::make_shared<RecordExport>(records);
       })});
}

void AddSources(const Services& services, http::RouteTable& table) {
  const SourceServices sources{services.catalog, services.stores, services.ingester, services.clock,
                               services.stop_imports};
  table.Add({kAtPrivate, kRead, kGet, "/api/v1/sources/*/*", Lane::kQuery, IgnoredBody{}, false,
             "source", Answering(SourceHandler(sources))});
  // In the lane of imports, which has one thread: an import remembers which sources there are.
  table.Add({kAtPrivate, kAdmin, kDelete, "/api/v1/sources/*/*", Lane::kImport, IgnoredBody{},
             false, "source", Answering(EraseHandler(sources))});
  table.Add({kAtPrivate, kAdmin, kDelete, "/api/v1/machines/*", Lane::kImport, IgnoredBody{}, false,
             "machine", Answering(EraseMachineHandler(sources))});
}

const std::string kNotWritable = "the store cannot be written: ";

void AddHealth(const Services& services, http::RouteTable& table) {
  const storage::Store& store = services.stores.store();
  http::Route healthy{kAtBoth,
                      kOpen,
                      kGet | kHead,
                      "/healthz",
                      Lane::kProbe,
                      IgnoredBody{},
                      false,
                      "healthz",
                      Answering([&store](const ApiRequest&, HttpResponse& response) {
                        const std::optional<std::string> failure = store.GivenUp();
                        response = failure ? HttpResponse::Text(503, kNotWritable + *failure)
                                           : HttpResponse::Text(200, "ok");
                      })};
  http::Route ready{kAtBoth,
                    kOpen,
                    kGet | kHead,
                    "/readyz",
                    Lane::kProbe,
                    IgnoredBody{},
                    false,
                    "readyz",
                    Answering([&store, &time = services.stores.time()](const ApiRequest&,
                                                                       HttpResponse& response) {
                      const Status writable = store.Writable();
                      const storage::StoreTime::View clock = time.view();
                      if (!writable.ok()) {
                        response = HttpResponse::Text(503, kNotWritable + writable.message());
                      } else if (clock.state == storage::ClockState::kImplausible) {
                        response = HttpResponse::Text(503, clock.Explain());
                      } else {
                        response = HttpResponse::Text(200, "ready");
                      }
                    })};
  table.Add(healthy);
  table.Add(ready);
  // Where promtool looks for them.
  healthy.listeners = ready.listeners = kAtPrivate;
  healthy.path = "/-/healthy";
  ready.path = "/-/ready";
  table.Add(std::move(healthy));
  table.Add(std::move(ready));
  table.Add(
      {kAtPrivate, kRead, kGet | kHead, "/metrics", Lane::kMetrics, IgnoredBody{}, false, "metrics",
       Answering([&registry = services.registry](const ApiRequest&, HttpResponse& response) {
         response.headers.push_back({"Content-Type", "text/plain; version=0.0.4; charset=utf-8"});
         response.body = registry.WriteText();
       })});
}

}  // namespace

void AddRoutes(const Services& services, http::RouteTable& table) {
  const fleets::Catalog& catalog = services.catalog;
  // Reports first, for they come most.
  http::Route report{
      kAtPublic,
      kOpen,
      kPost,
      "/",
      Lane::kIngest,
      BoundedBody{services.max_report_bytes},
      false,
      "report",
      ReportHandler(catalog, services.ingester),
      [&catalog](const HttpRequest& head) { return JudgeReport(catalog.current(), head); }};
  // Before reports, for it takes only what is none.
  if (services.records != nullptr) {
    AddRecords(services, table);
    AddRecordViewRoutes(*services.record_views, table);
  }
  table.Add(report);
  report.path = "*";
  report.matches = [&catalog](const HttpRequest& head) {
    return IsForReports(catalog.current(), head);
  };
  table.Add(report);
  AddPages(services, table);
  // What browsers and crawlers ask for by themselves; the page names an icon of its own.
  table.Add({kAtPublic, kOpen, kGet | kHead, "/robots.txt", Lane::kQuery, IgnoredBody{}, false,
             "page", Answering([](const ApiRequest&, HttpResponse& response) {
               response = HttpResponse::Text(200, kRobots);
             })});
  table.Add({kAtPublic, kOpen, kGet | kHead, "/favicon.ico", Lane::kQuery, IgnoredBody{}, false,
             "page", Answering([](const ApiRequest&, HttpResponse& response) {
               response.status = 204;
               response.headers.push_back({"Cache-Control", "public, max-age=86400"});
             })});
  AddNumbers(services, table);
  AddHealth(services, table);
  AddHosts(services, table);
  AddSources(services, table);
  AddPromqlRoutes(services.promql, catalog, table);
  table.Add({kAtPrivate, kImport, kPost, "/api/v1/import/prometheus", Lane::kImport, StreamedBody{},
             false, "import",
             Answering(ImportHandler(services.catalog, services.stores, services.ingester,
                                     services.clock, services.retention, services.stop_imports))});
  table.Add({kAtPrivate, kRead, kGet, "/api/v1/clock", Lane::kQuery, IgnoredBody{}, false, "clock",
             Answering(ClockHandler(services.stores.time(), services.clock))});
  table.Add({kAtPrivate, kAdmin, kPost, "/api/v1/clock/accept", Lane::kQuery, IgnoredBody{}, false,
             "clock-accept",
             Answering(AcceptClockHandler(services.stores.time(), services.clock))});
  table.Add({kAtPrivate, kRead, kGet, "/api/v1/export", Lane::kQuery, IgnoredBody{}, false,
             "export", Answering(ExportHandler(catalog, services.stores))});
  table.Add({kAtPrivate, kRead, kPost, "/api/v1/export", Lane::kQuery,
             BoundedBody{kMaxSeriesFormBytes}, false, "export",
             Answering(ExportHandler(catalog, services.stores))});
  table.Add({kAtPrivate, kRead, kGet, "/api/v1/backups", Lane::kQuery, IgnoredBody{}, false,
             "backups", Answering(BackupHandler(services.backups))});
  table.Add({kAtPrivate, kAdmin, kPost, "/api/v1/backups", Lane::kQuery, IgnoredBody{}, false,
             "backups", Answering(StartBackupHandler(services.backups))});
  table.Add({kAtPrivate, kRead, kGet, "/api/v1/undeclared", Lane::kQuery, IgnoredBody{}, false,
             "undeclared", Answering(UndeclaredHandler(catalog))});
  table.Add({kAtPrivate, kRead, kGet, "/api/v1/outbox/parked", Lane::kQuery, IgnoredBody{}, false,
             "parked", Answering(ParkedHandler(catalog, services.stores.outbox()))});
}

}  // namespace rollcall::api
