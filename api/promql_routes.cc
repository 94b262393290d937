#include "api/promql_routes.h"

#include <string>
#include <utility>

#include "api/prometheus_status.h"
#include "api/promql_json.h"
#include "api/query_handler.h"
#include "api/series_handler.h"

namespace rollcall::api {
namespace {

constexpr size_t kMaxQueryFormBytes = 256 * 1024;  // the longest query, encoded, and selectors
constexpr const char* kPrefixes[] = {"", "/prometheus", "/select/0/prometheus"};

http::HttpResponse Busy() {
  http::HttpResponse response;
  AnswerPromqlError(503, "timeout", "too many queries wait: see --query-max-waiting", response);
  return response;
}

}  // namespace

void AddPromqlRoutes(PromqlService& service, const fleets::Catalog& catalog,
                     http::RouteTable& table) {
  const auto add = [&](http::Methods methods, const char* path, http::Lane lane,
                       const http::ApiHandler& handler) {
    for (const char* const prefix : kPrefixes) {
      http::Route route{
          http::kAtPrivate,    http::kRead, methods,  std::string(prefix) + path, lane,
          http::IgnoredBody{}, false,       "promql", http::Answering(handler)};
      if (methods == http::kPost) route.body = http::BoundedBody{kMaxQueryFormBytes};
      route.busy = Busy;
      table.Add(std::move(route));
    }
  };
  const auto ask = [&](const char* path, const http::ApiHandler& handler) {
    add(http::kGet | http::kHead, path, http::Lane::kPromql, handler);
    add(http::kPost, path, http::Lane::kPromql, handler);
  };
  ask("/api/v1/query", InstantQueryHandler(service));
  ask("/api/v1/query_range", RangeQueryHandler(service));
  ask("/api/v1/series", SeriesHandler(service));
  ask("/api/v1/labels", LabelNamesHandler(service));
  add(http::kGet | http::kHead, "/api/v1/label/*/*", http::Lane::kPromql,
      LabelValuesHandler(service));
  const auto tell = [&](const char* path, const http::ApiHandler& handler) {
    add(http::kGet | http::kHead, path, http::Lane::kQuery, handler);
  };
  for (const auto& [path, handler] : {std::pair("/api/v1/format_query", FormatQueryHandler()),
                                      std::pair("/api/v1/parse_query", ParseQueryHandler())}) {
    tell(path, handler);
    add(http::kPost, path, http::Lane::kQuery, handler);
  }
  tell("/api/v1/metadata", MetadataHandler(service, catalog));
  tell("/api/v1/status/buildinfo", BuildInfoHandler(ROLLCALL_VERSION));
  tell("/api/v1/rules", RulesHandler());
  tell("/api/v1/alerts", AlertsHandler());
  tell("/api/v1/query_exemplars", ExemplarsHandler());
  add(http::kPost, "/api/v1/query_exemplars", http::Lane::kQuery, ExemplarsHandler());
}

}  // namespace rollcall::api
