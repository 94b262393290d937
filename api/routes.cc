#include "api/routes.h"

#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "api/badge_handler.h"
#include "api/breakdown_handler.h"
#include "api/chart_handler.h"
#include "api/clock_handler.h"
#include "api/comparison_handler.h"
#include "api/data_services.h"
#include "api/export_handler.h"
#include "api/fleets_handler.h"
#include "api/import_handler.h"
#include "api/overview_handler.h"
#include "api/page_handler.h"
#include "api/parked_handler.h"
#include "api/privacy_handler.h"
#include "api/report_handler.h"
#include "api/trend_handler.h"
#include "fleets/built_in.h"
#include "http/server/api_request.h"
#include "web/assets.h"

namespace rollcall::api {
namespace {

using http::Answering;
using http::ApiRequest;
using http::BoundedBody;
using http::HttpResponse;
using http::IgnoredBody;
using http::kAtBoth;
using http::kAtPrivate;
using http::kAtPublic;
using http::kGet;
using http::kHead;
using http::kPost;
using http::Lane;
using http::StreamedBody;

constexpr size_t kMaxFormBytes = 256 * 1024;  // 64 selectors of 4 KiB
// The page may be found; its numbers and images are not worth a crawler's time, nor ours.
constexpr const char* kRobots =
    "User-agent: *\nDisallow: /api/\nDisallow: /badge/\nDisallow: /chart/";

// Public numbers: any site may read them, and learn why not.
void AddNumbers(const Services& services, http::RouteTable& table) {
  const char* const failure = services.overviews_are_remote
                                  ? "VictoriaMetrics does not answer as it should"
                                  : "the store cannot be read";
  const Lane overview_lane = services.overviews_are_remote ? Lane::kUpstream : Lane::kQuery;
  const DataServices data{services.stores,      services.stored_overviews,
                          services.comparisons, services.tallies,
                          services.clock,       services.stores_reports};
  const auto add = [&](http::Methods methods, const char* path, Lane lane, const char* metric,
                       http::ApiHandler handler) {
    table.Add({kAtPublic, methods, path, lane, IgnoredBody{}, true, metric,
               Answering(std::move(handler))});
  };
  add(kGet, "/api/overview", overview_lane, "overview",
      OverviewHandler(services.overviews, failure));
  add(kGet | kHead, "/api/v1/fleets", Lane::kQuery, "fleets", FleetsHandler(data));
  add(kGet | kHead, "/api/v1/overview", Lane::kQuery, "comparison", ComparisonHandler(data));
  add(kGet | kHead, "/api/v1/trend", Lane::kQuery, "trend", TrendHandler(data));
  add(kGet | kHead, "/api/v1/breakdown", Lane::kQuery, "breakdown", BreakdownHandler(data));
  add(kGet | kHead, "/badge/*", Lane::kQuery, "badge", BadgeHandler(data));
  add(kGet | kHead, "/chart/*", Lane::kQuery, "chart", ChartHandler(data));
}

// The built-in fleets.
std::vector<std::shared_ptr<const fleets::Declaration>> BuiltInDeclarations() {
  std::vector<std::shared_ptr<const fleets::Declaration>> all;
  for (const Fleet& fleet : AllFleets()) {
    auto parsed = fleets::ParseDeclaration(fleet.name, fleets::BuiltInDeclaration(fleet.name));
    if (!parsed.ok()) continue;
    all.push_back(std::make_shared<const fleets::Declaration>(*std::move(parsed)));
  }
  return all;
}

// What is for people, with all that it loads.
void AddPages(const Services& services, http::RouteTable& table) {
  const auto add = [&](std::string path, http::ApiHandler handler) {
    table.Add({kAtPublic, kGet | kHead, std::move(path), Lane::kQuery, IgnoredBody{}, false, "page",
               Answering(std::move(handler))});
  };
  const Declarations declarations = [all = BuiltInDeclarations()] { return all; };
  add("/", IndexHandler(declarations));
  add("/privacy",
      PrivacyHandler(declarations, [kept = KeptReports{services.retention, services.stores_reports,
                                                       services.forwards_reports}](
                                       const fleets::Declaration&) { return kept; }));
  for (const auto& declaration : declarations()) {
    const std::string& name = declaration->fleet.name;
    add("/" + name + "/", IndexHandler(declarations));
    add("/" + name, [to = name + "/"](const ApiRequest&, HttpResponse& response) {
      response = HttpResponse::Text(301, "It is at " + to);
      response.headers.push_back({"Location", to});  // below any path of a proxy
    });
  }
  for (const web::Asset& asset : web::Assets()) add(std::string(asset.path), PageHandler(asset));
}

const std::string kNotWritable = "the store cannot be written: ";

void AddHealth(const Services& services, http::RouteTable& table) {
  const storage::Store& store = services.stores.store();
  table.Add({kAtBoth, kGet | kHead, "/healthz", Lane::kProbe, IgnoredBody{}, false, "healthz",
             Answering([&store](const ApiRequest&, HttpResponse& response) {
               const std::optional<std::string> failure = store.GivenUp();
               response = failure ? HttpResponse::Text(503, kNotWritable + *failure)
                                  : HttpResponse::Text(200, "ok");
             })});
  table.Add({kAtBoth, kGet | kHead, "/readyz", Lane::kProbe, IgnoredBody{}, false, "readyz",
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
             })});
  table.Add(
      {kAtPrivate, kGet | kHead, "/metrics", Lane::kProbe, IgnoredBody{}, false, "metrics",
       Answering([&registry = services.registry](const ApiRequest&, HttpResponse& response) {
         response.headers.push_back({"Content-Type", "text/plain; version=0.0.4; charset=utf-8"});
         response.body = registry.WriteText();
       })});
}

}  // namespace

void AddRoutes(const Services& services, http::RouteTable& table) {
  // Reports first, for they come most.
  for (const char* const path : {"/", "*"}) {
    table.Add({kAtPublic, kPost, path, Lane::kIngest, BoundedBody{services.max_report_bytes}, false,
               "report", ReportHandler(services.ingester), JudgeReport, kSourceIdHeader});
  }
  AddPages(services, table);
  // What browsers and crawlers ask for by themselves; the page names an icon of its own.
  table.Add({kAtPublic, kGet | kHead, "/robots.txt", Lane::kQuery, IgnoredBody{}, false, "page",
             Answering([](const ApiRequest&, HttpResponse& response) {
               response = HttpResponse::Text(200, kRobots);
             })});
  table.Add({kAtPublic, kGet | kHead, "/favicon.ico", Lane::kQuery, IgnoredBody{}, false, "page",
             Answering([](const ApiRequest&, HttpResponse& response) {
               response.status = 204;
               response.headers.push_back({"Cache-Control", "public, max-age=86400"});
             })});
  AddNumbers(services, table);
  AddHealth(services, table);
  table.Add({kAtPrivate, kPost, "/api/v1/import/prometheus", Lane::kImport, StreamedBody{}, false,
             "import",
             Answering(ImportHandler(services.stores, services.ingester, services.clock,
                                     services.retention, services.stop_imports))});
  table.Add({kAtPrivate, kGet, "/api/v1/clock", Lane::kQuery, IgnoredBody{}, false, "clock",
             Answering(ClockHandler(services.stores.time(), services.clock))});
  table.Add({kAtPrivate, kPost, "/api/v1/clock/accept", Lane::kQuery, IgnoredBody{}, false,
             "clock-accept",
             Answering(AcceptClockHandler(services.stores.time(), services.clock))});
  table.Add({kAtPrivate, kGet, "/api/v1/export", Lane::kQuery, IgnoredBody{}, false, "export",
             Answering(ExportHandler(services.stores))});
  table.Add({kAtPrivate, kPost, "/api/v1/export", Lane::kQuery, BoundedBody{kMaxFormBytes}, false,
             "export", Answering(ExportHandler(services.stores))});
  table.Add({kAtPrivate, kGet, "/api/v1/outbox/parked", Lane::kQuery, IgnoredBody{}, false,
             "parked", Answering(ParkedHandler(services.stores.outbox()))});
}

}  // namespace rollcall::api
