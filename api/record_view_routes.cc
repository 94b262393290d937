#include "api/record_view_routes.h"

#include <string>
#include <utility>

#include "api/crashes_handler.h"
#include "api/declared_views_handler.h"
#include "api/record_counts_handler.h"
#include "api/record_list_handler.h"
#include "http/server/api_request.h"

namespace rollcall::api {

void AddRecordViewRoutes(records::RecordViews& views, http::RouteTable& table) {
  using http::BoundedBody;
  using http::IgnoredBody;
  const auto add = [&](http::Scope scope, http::Methods methods, const char* name,
                       http::BodyRule body, http::ApiHandler handler) {
    table.Add({http::kAtPrivate, scope, methods, std::string("/api/v1/records/") + name,
               http::Lane::kQuery, body, false, "record-views",
               http::Answering(std::move(handler))});
  };
  const auto get = [&](const char* name, http::ApiHandler handler) {
    add(http::kRead, http::kGet | http::kHead, name, IgnoredBody{}, std::move(handler));
  };
  const auto post = [&](const char* name, http::ApiHandler handler) {
    add(http::kAdmin, http::kPost, name, BoundedBody{kMaxFilterFormBytes}, std::move(handler));
  };
  // The page has no folder of its own.
  table.Add({http::kAtPrivate, http::kRead, http::kGet | http::kHead, "/records/",
             http::Lane::kQuery, IgnoredBody{}, false, "page",
             http::Answering([](const http::ApiRequest&, http::HttpResponse& response) {
               response = http::HttpResponse::Text(301, "It is at /records");
               response.headers.push_back({"Location", "../records"});  // below any path of a proxy
             })});
  get("list", RecordListHandler(views));
  get("record", RecordDetailsHandler(views));
  get("builds", RecordBuildsHandler(views));
  get("stats", RecordStatsHandler(views));
  get("crashes", CrashesHandler(views));
  get("backtraces", BacktracesHandler(views));
  get("filter", CrashFilterHandler(views));
  post("filter", SetCrashFilterHandler(views));
  post("note", CrashNoteHandler(views));
  get("machine-checks", MachineChecksHandler(views));
  get("thermal", ThermalHandler(views));
  get("population", PopulationHandler(views));
  get("spikes", SpikesHandler(views));
  get("views", DeclaredViewsHandler(views));
  get("view", DeclaredViewHandler(views));
}

}  // namespace rollcall::api
