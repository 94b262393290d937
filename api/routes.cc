#include "api/routes.h"

#include <chrono>
#include <map>
#include <mutex>

#include "api/badge_handler.h"
#include "api/breakdown_handler.h"
#include "api/chart_handler.h"
#include "api/comparison_handler.h"
#include "api/data_services.h"
#include "api/export_handler.h"
#include "api/fleets_handler.h"
#include "api/import_handler.h"
#include "api/overview_handler.h"
#include "api/page_handler.h"
#include "api/parked_handler.h"
#include "api/report_handler.h"
#include "api/trend_handler.h"
#include "base/log.h"
#include "web/assets.h"

namespace rollcall::api {
namespace {

constexpr std::string_view kReportRoute = "report";
constexpr std::string_view kUnknownRoute = "unknown";
constexpr const char* kOverviewRoute = "overview";

http::HttpResponse MethodNotAllowed(const std::string& allowed) {
  http::HttpResponse response = http::HttpResponse::Text(405, "Method not allowed");
  response.headers.push_back({"Allow", allowed});
  return response;
}

}  // namespace

struct Routes::Route {
  http::Listener listener;
  std::string path;
  std::string name;
  Takes takes;
  bool for_any_site = false;
  bool is_folder = false;  // of all names below the path, which ends with a slash

  bool IsOf(std::string_view requested) const {
    return requested == path || (is_folder && requested.starts_with(path) &&
                                 requested.find('/', path.size()) == std::string_view::npos);
  }
  bool TakesMethod(std::string_view method) const {
    if (takes == Takes::kUpload) return method == "POST";
    return method == "GET" || (takes == Takes::kGetAndHead && method == "HEAD");
  }
  std::string Allowed() const {
    if (takes == Takes::kUpload) return "POST";
    if (path == "/") return "GET, HEAD, POST";
    return takes == Takes::kGetAndHead ? "GET, HEAD" : "GET";
  }
};

// Requests by route and code, and how long they took from complete request to answer. Routes are a
// fixed set of names; a path of a stranger's never becomes a label.
class Routes::RouteMetrics {
 public:
  explicit RouteMetrics(metrics::Registry& registry) : registry_(registry) {}

  void Count(std::string_view route, int status) {
    metrics::Counter* counter = nullptr;
    {
      const std::lock_guard lock(mutex_);
      metrics::Counter*& slot = counters_[{route, status}];
      if (slot == nullptr) {
        slot = &registry_.GetCounter(
            "rollcall_http_requests_total", "Requests by route and code",
            {{"route", std::string(route)}, {"code", std::to_string(status)}});
      }
      counter = slot;
    }
    counter->Add();
  }

  void Time(std::string_view route, std::chrono::steady_clock::time_point begin) {
    metrics::Histogram* histogram = nullptr;
    {
      const std::lock_guard lock(mutex_);
      metrics::Histogram*& slot = histograms_[route];
      if (slot == nullptr) {
        slot = &registry_.GetHistogram(
            "rollcall_http_request_duration_seconds", "Time from a complete request to its answer",
            metrics::Histogram::LatencyBuckets(), {{"route", std::string(route)}});
      }
      histogram = slot;
    }
    histogram->Observe(
        std::chrono::duration<double>(std::chrono::steady_clock::now() - begin).count());
  }

 private:
  metrics::Registry& registry_;
  std::mutex
      mutex_;  // guards the maps; the views in them are of names that live as long as the table
  std::map<std::pair<std::string_view, int>, metrics::Counter*> counters_;
  std::map<std::string_view, metrics::Histogram*> histograms_;
};

Routes::Routes(const Services& services)
    : services_(services), metrics_(std::make_unique<RouteMetrics>(services.registry)) {
  MountAll();
}

Routes::~Routes() = default;

void Routes::Mount(http::Listener listener, const std::string& path, const std::string& name,
                   Takes takes, http::ApiHandler handler) {
  routes_.push_back({listener, path, name, takes});
  engine_.Mount(listener, path, std::move(handler));
}

void Routes::MountData(const std::string& path, const std::string& name, http::ApiHandler handler) {
  const bool is_folder = path.ends_with('/');
  routes_.push_back({http::Listener::kPublic, path, name, Takes::kGetAndHead, true, is_folder});
  if (is_folder) {
    engine_.MountFolder(http::Listener::kPublic, path, std::move(handler));
  } else {
    engine_.Mount(http::Listener::kPublic, path, std::move(handler));
  }
}

void Routes::MountAll() {
  const http::ApiHandler healthz = [](const http::ApiRequest&, http::HttpResponse& response) {
    response = http::HttpResponse::Text(200, "ok");
  };
  const http::ApiHandler readyz = [this](const http::ApiRequest&, http::HttpResponse& response) {
    response = services_.is_ready() ? http::HttpResponse::Text(200, "ready")
                                    : http::HttpResponse::Text(503, "the store cannot be written");
  };
  for (const http::Listener listener : {http::Listener::kPublic, http::Listener::kPrivate}) {
    Mount(listener, "/healthz", "healthz", Takes::kGetAndHead, healthz);
    Mount(listener, "/readyz", "readyz", Takes::kGetAndHead, readyz);
  }
  Mount(http::Listener::kPrivate, "/metrics", "metrics", Takes::kGetAndHead,
        [this](const http::ApiRequest&, http::HttpResponse& response) {
          response.headers.push_back({"Content-Type", "text/plain; version=0.0.4; charset=utf-8"});
          response.body = services_.registry.WriteText();
        });
  Mount(http::Listener::kPublic, "/api/overview", kOverviewRoute, Takes::kGet,
        OverviewHandler(services_.overviews, services_.overviews_are_remote
                                                 ? "VictoriaMetrics does not answer as it should"
                                                 : "the store cannot be read"));
  routes_.back().for_any_site = true;
  const DataServices data{services_.stores, services_.stored_overviews, services_.comparisons,
                          services_.tallies, services_.clock};
  MountData("/api/v1/fleets", "fleets", FleetsHandler(data));
  MountData("/api/v1/overview", "comparison", ComparisonHandler(data));
  MountData("/api/v1/trend", "trend", TrendHandler(data));
  MountData("/api/v1/breakdown", "breakdown", BreakdownHandler(data));
  MountData("/badge/", "badge", BadgeHandler(data));
  MountData("/chart/", "chart", ChartHandler(data));
  for (const web::Asset& asset : web::Assets()) {
    Mount(http::Listener::kPublic, std::string(asset.path), "page", Takes::kGetAndHead,
          PageHandler(asset));
  }
  Mount(
      http::Listener::kPrivate, "/api/v1/import/prometheus", "import", Takes::kUpload,
      ImportHandler(services_.stores, services_.ingester, services_.clock, services_.stop_imports));
  Mount(http::Listener::kPrivate, "/api/v1/export", "export", Takes::kGet,
        ExportHandler(services_.stores));
  Mount(http::Listener::kPrivate, "/api/v1/outbox/parked", "parked", Takes::kGet,
        ParkedHandler(services_.stores.outbox()));
}

const Routes::Route* Routes::Find(http::Listener listener, std::string_view path) const {
  for (const Route& route : routes_) {
    if (route.listener == listener && route.IsOf(path)) return &route;
  }
  return nullptr;
}

http::HeadVerdict Routes::JudgeUnknownPath(const http::HttpRequest& head,
                                           std::string_view& name) const {
  http::HeadVerdict verdict;
  if (head.listener == http::Listener::kPrivate) {
    verdict.answer = http::HttpResponse::Text(404, "Not found");
  } else if (head.method != "POST") {
    verdict.answer = MethodNotAllowed("POST");
  } else if (head.path() != "/" && !head.Header(kSourceIdHeader)) {
    verdict.answer = http::HttpResponse::Text(404, "Not found");
  } else {
    name = kReportRoute;
    verdict.answer = JudgeReport(head);
    verdict.lane = http::Lane::kIngest;
    verdict.max_body_bytes = services_.max_report_bytes;
  }
  return verdict;
}

http::HeadVerdict Routes::Judge(const http::HttpRequest& head) {
  http::HeadVerdict verdict;
  std::string_view name = kUnknownRoute;
  const Route* const route = Find(head.listener, head.path());
  if (route != nullptr && route->TakesMethod(head.method)) {
    if (route->takes == Takes::kUpload) {
      verdict.lane = http::Lane::kImport;
      verdict.streams = true;
    } else if (route->name == kOverviewRoute && services_.overviews_are_remote) {
      verdict.lane = http::Lane::kUpstream;
    }
    return verdict;
  }
  if (route == nullptr || (route->path == "/" && head.method == "POST")) {
    verdict = JudgeUnknownPath(head, name);
  } else {
    name = route->name;
    verdict.answer = MethodNotAllowed(route->Allowed());
    if (route->for_any_site) {
      verdict.answer->headers.push_back({"Access-Control-Allow-Origin", "*"});
    }
  }
  if (verdict.answer) metrics_->Count(name, verdict.answer->status);
  return verdict;
}

void Routes::Handle(http::Lane lane, http::HttpRequest&& request, http::Responder&& responder) {
  const auto begin = std::chrono::steady_clock::now();
  const Route* const route =
      lane == http::Lane::kIngest ? nullptr : Find(request.listener, request.path());
  const std::string_view name = route == nullptr ? kReportRoute : std::string_view(route->name);
  log::Debug("{} {} ({})", request.method, request.path(), name);
  auto inner = std::make_shared<http::Responder>(std::move(responder));
  http::Responder counted([this, begin, name, inner](http::HttpResponse&& response) {
    metrics_->Count(name, response.status);
    metrics_->Time(name, begin);
    inner->Respond(std::move(response));
  });
  if (lane == http::Lane::kIngest) {
    HandleReport(services_.ingester, std::move(request), std::move(counted));
  } else {
    counted.Respond(engine_.Process(request));
  }
}

}  // namespace rollcall::api
