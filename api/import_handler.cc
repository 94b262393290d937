#include "api/import_handler.h"

#include <utility>
#include <vector>

#include "api/fleet_param.h"
#include "api/import_json.h"
#include "api/overview_json.h"
#include "base/log.h"
#include "parse/decompress.h"

namespace rollcall::api {
namespace {

Result<bool> ParseStrict(const std::optional<std::string>& text) {
  if (!text || text->empty() || *text == "0" || *text == "false") return false;
  if (*text == "1" || *text == "true") return true;
  return Status::InvalidArgument("strict must be 1 or 0");
}

Result<ingest::ImportOptions> ImportOptionsOf(const fleets::FleetSet& fleets,
                                              const http::ApiRequest& request) {
  ingest::ImportOptions options;
  const Result<const Fleet*> fleet = FleetOf(fleets, request);
  if (!fleet.ok()) return fleet.status();
  options.fleet = (*fleet)->ref;
  options.id_label = (*fleet)->id_label;
  options.source_label = request.Param("source_label").value_or(options.id_label);
  if (options.source_label.empty()) {
    return Status::InvalidArgument("source_label must name a label");
  }
  const auto format = ingest::ParseImportFormat(request.Param("format").value_or("auto"));
  if (!format) return Status::InvalidArgument("format must be auto, text or jsonl");
  options.format = *format;
  const Result<bool> strict = ParseStrict(request.Param("strict"));
  if (!strict.ok()) return strict.status();
  options.strict = *strict;
  return options;
}

// The whole body, in its order, through the decompressor into the importer.
Status FeedBody(const http::ApiRequest& request, ingest::Importer& importer) {
  Decompressor decompressor([&](std::string_view piece) { return importer.Feed(piece); });
  while (http::BodyPipe* const pipe = request.body_pipe()) {
    const auto part = pipe->Take();
    if (!part.ok()) return part.status();
    if (!part->has_value()) break;
    ROLLCALL_RETURN_IF_ERROR(decompressor.Feed(**part));
  }
  ROLLCALL_RETURN_IF_ERROR(decompressor.Feed(request.body()));
  ROLLCALL_RETURN_IF_ERROR(decompressor.Finish());
  return importer.Finish();
}

void AnswerImport(int status, std::string json, http::HttpResponse& response) {
  response.status = status;
  response.body = std::move(json);
  if (status == 503) response.headers.push_back({"Retry-After", "60"});
}

void Import(storage::Stores& stores, ingest::Ingester& ingester,
            const ingest::ImportOptions& options, const http::ApiRequest& request,
            http::HttpResponse& response) {
  const auto importer = ingest::Importer::Start(stores, &ingester, options);
  Status status = importer.status();
  ingest::ImportTally tally;
  if (status.ok()) {
    status = FeedBody(request, **importer);
    tally = (*importer)->tally();
  }
  log::Info("import: {} lines, {} refused, {} reports added: {}", tally.lines, tally.refused,
            tally.reports_added, status.ok() ? "done" : status.message());
  if (status.code() == Code::kInvalidArgument) {
    if (tally.errors.empty() || tally.errors.back() != status.message()) {
      tally.errors.push_back(status.message());
    }
    return AnswerImport(400, ImportJson(tally), response);
  }
  if (!status.ok()) {
    return AnswerImport(
        503, ErrorJson("the import cannot be stored now; send it again: " + status.message()),
        response);
  }
  const bool all_refused = tally.samples == 0 && tally.refused > 0;
  AnswerImport(all_refused ? 422 : 200, ImportJson(tally), response);
}

}  // namespace

http::ApiHandler ImportHandler(const fleets::Catalog& catalog, storage::Stores& stores,
                               ingest::Ingester& ingester, const Clock& clock,
                               const jobs::RetentionOptions& retention, std::stop_token stop) {
  return [&catalog, &stores, &ingester, &clock, retention, stop](const http::ApiRequest& request,
                                                                 http::HttpResponse& response) {
    response.headers.push_back({"Content-Type", "application/json"});
    Result<ingest::ImportOptions> options = ImportOptionsOf(catalog.current(), request);
    if (!options.ok()) return AnswerImport(400, ErrorJson(options.status().message()), response);
    options->latest = ingest::LatestImportable(stores, clock);
    options->kept_from = jobs::FirstKeptDay(
        stores.time().Now(), jobs::RetentionOf(catalog.current().Find(options->fleet), retention));
    options->stop = stop;
    Import(stores, ingester, *std::move(options), request, response);
  };
}

}  // namespace rollcall::api
