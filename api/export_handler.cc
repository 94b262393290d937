#include "api/export_handler.h"

#include <memory>
#include <utility>

#include "api/fleet_param.h"
#include "api/overview_json.h"
#include "parse/instant.h"
#include "query/exporter.h"

namespace rollcall::api {
namespace {

class ExportStream final : public http::BodyStream {
 public:
  ExportStream(storage::Stores& stores, query::ExportOptions options)
      : exporter_(stores, std::move(options)) {}
  Result<bool> Next(std::string& out) override { return exporter_.Next(out); }

 private:
  query::Exporter exporter_;
};

Status ReadTimes(const http::ApiRequest& request, query::ExportOptions& options) {
  using std::chrono::ceil;
  using std::chrono::floor;
  using std::chrono::seconds;
  if (const auto start = request.Param("start"); start && !start->empty()) {
    const auto at = ParseInstant(*start);
    if (!at.ok()) return at.status().WithContext("start");
    options.from = ceil<seconds>(*at);
  }
  if (const auto end = request.Param("end"); end && !end->empty()) {
    const auto at = ParseInstant(*end);
    if (!at.ok()) return at.status().WithContext("end");
    options.to = floor<seconds>(*at) + seconds(1);
  }
  return Status::Ok();
}

Status ReadSelectors(const http::ApiRequest& request, query::ExportOptions& options) {
  for (const char* name : {"match[]", "match"}) {
    for (const std::string& text : request.AllOf(name)) {
      Result<Selector> selector = Selector::Parse(text);
      if (!selector.ok()) return selector.status().WithContext(name);
      options.selectors.push_back(std::move(selector).value());
    }
  }
  if (options.selectors.size() > query::ExportOptions::kMaxSelectors) {
    return Status::InvalidArgument("match[]: " + std::to_string(options.selectors.size()) +
                                   " selectors; at most " +
                                   std::to_string(query::ExportOptions::kMaxSelectors));
  }
  return Status::Ok();
}

Result<query::ExportOptions> ExportOptionsOf(const fleets::FleetSet& fleets,
                                             const http::ApiRequest& request) {
  query::ExportOptions options;
  const Result<const Fleet*> fleet = FleetOf(fleets, request);
  if (!fleet.ok()) return fleet.status();
  options.fleet = (*fleet)->ref;
  options.source_label = (*fleet)->id_label;
  const std::string format = request.Param("format").value_or("jsonl");
  if (format != "text" && format != "jsonl") {
    return Status::InvalidArgument("format: text or jsonl");
  }
  options.format = format == "text" ? query::ExportFormat::kText : query::ExportFormat::kJsonLines;
  ROLLCALL_RETURN_IF_ERROR(ReadTimes(request, options));
  ROLLCALL_RETURN_IF_ERROR(ReadSelectors(request, options));
  return options;
}

}  // namespace

http::ApiHandler ExportHandler(const fleets::Catalog& catalog, storage::Stores& stores) {
  return [&catalog, &stores](const http::ApiRequest& request, http::HttpResponse& response) {
    Result<query::ExportOptions> options = ExportOptionsOf(catalog.current(), request);
    if (!options.ok()) {
      response.status = 400;
      response.headers.push_back({"Content-Type", "application/json"});
      response.body = ErrorJson(options.status().message());
      return;
    }
    const bool is_text = options->format == query::ExportFormat::kText;
    response.headers.push_back({"Content-Type", is_text ? "text/plain; version=0.0.4; charset=utf-8"
                                                        : "application/stream+json"});
    response.stream = std::make_shared<ExportStream>(stores, std::move(options).value());
  };
}

}  // namespace rollcall::api
