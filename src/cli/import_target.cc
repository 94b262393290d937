#include "cli/import_target.h"

#include <algorithm>
#include <chrono>
#include <string>
#include <utility>

#include "api/import_json.h"
#include "base/clock.h"
#include "cli/fleet_files.h"
#include "cli/message.h"
#include "cli/server_client.h"
#include "http/client/url.h"
#include "model/fleet.h"
#include "parse/decompress.h"

namespace rollcall::cli {
namespace {

using http::BodySource;
using ingest::ImportFormat;
using ingest::ImportTally;

class StoreTarget final : public ImportTarget {
 public:
  StoreTarget(const MoveOptions& options, Fleet fleet, std::unique_ptr<storage::Stores> stores)
      : options_(options), fleet_(std::move(fleet)), stores_(std::move(stores)) {}

  Result<ImportTally> Import(ImportFormat format, const http::BodySource& next,
                             const Progress& progress) override {
    ingest::ImportOptions import;
    import.fleet = fleet_.ref;
    import.id_label = fleet_.id_label;
    import.source_label = options_.source_label;
    import.format = format;
    import.strict = options_.strict;
    import.latest = ingest::LatestImportable(*stores_, SystemClock());
    ROLLCALL_RETURN_IF_ERROR(stores_->time().Persist());
    const auto importer = ingest::Importer::Start(*stores_, nullptr, import);
    if (!importer.ok()) return importer.status();
    Decompressor decompressor([&](std::string_view piece) { return (*importer)->Feed(piece); });
    for (;;) {
      const Result<std::string_view> piece = next();
      if (!piece.ok()) return piece.status();
      if (piece->empty()) break;
      ROLLCALL_RETURN_IF_ERROR(decompressor.Feed(*piece));
      progress((*importer)->tally().lines, (*importer)->tally().samples);
    }
    ROLLCALL_RETURN_IF_ERROR(decompressor.Finish());
    ROLLCALL_RETURN_IF_ERROR((*importer)->Finish());
    progress((*importer)->tally().lines, (*importer)->tally().samples);
    return (*importer)->tally();
  }

 private:
  const MoveOptions options_;
  const Fleet fleet_;
  const std::unique_ptr<storage::Stores> stores_;
};

class ServerTarget final : public ImportTarget {
 public:
  explicit ServerTarget(const MoveOptions& options) : options_(options) {}

  Result<ImportTally> Import(ImportFormat format, const http::BodySource& next,
                             const Progress& progress) override {
    Result<http::HttpClientOptions> client = ServerClient(options_);
    if (!client.ok()) return client.status();
    // The server sends nothing until everything is stored.
    client->read_timeout = std::chrono::hours(6);
    client->total_timeout = std::chrono::hours(24 * 30);
    // Decompressed only to show progress; the server will report any damage.
    uint64_t lines = 0;
    Decompressor counter([&](std::string_view text) {
      lines += static_cast<uint64_t>(std::count(text.begin(), text.end(), '\n'));
      return Status::Ok();
    });
    bool countable = true;
    const auto counted = [&]() -> Result<std::string_view> {
      const Result<std::string_view> piece = next();
      countable = countable && piece.ok() && counter.Feed(*piece).ok();
      progress(lines, 0);
      return piece;
    };
    const auto answer = http::HttpPostStream(UrlFor(format), "text/plain", counted, *client);
    if (!answer.ok()) return answer.status();
    Result<ImportTally> tally = api::ParseImportJson(answer->body);
    // A refusal of the whole import has a tally too; 422: every line was refused on its own.
    if (tally.ok() && (answer->status == 200 || answer->status == 422)) return tally;
    if (tally.ok() && !tally->errors.empty()) {
      return Status::InvalidArgument(tally->errors.back());
    }
    return Status::Unavailable(RefusalOf(options_.server, answer->status, answer->body));
  }

 private:
  std::string UrlFor(ImportFormat format) const {
    http::UrlParameters parameters;
    if (!options_.source_label.empty()) {
      parameters.push_back({"source_label", options_.source_label});
    }
    if (!options_.fleet.empty()) parameters.push_back({"fleet", options_.fleet});
    if (format != ImportFormat::kAuto) {
      parameters.push_back({"format", format == ImportFormat::kText ? "text" : "jsonl"});
    }
    if (options_.strict) parameters.push_back({"strict", "1"});
    return http::RequestUrl(options_.server, "/api/v1/import/prometheus", parameters);
  }

  const MoveOptions options_;
};

}  // namespace

Result<std::unique_ptr<ImportTarget>> ImportTarget::Open(const Options& options) {
  if (options.move.through_server) {
    return std::unique_ptr<ImportTarget>(std::make_unique<ServerTarget>(options.move));
  }
  auto stores = storage::Stores::Open(options.store);
  if (!stores.ok()) return stores.status();
  auto fleet = OpenFleet(options.fleets, options.move.fleet,
                         [&](const std::string& name) { return (*stores)->fleets().Assign(name); });
  if (!fleet.ok()) return fleet.status();
  return std::unique_ptr<ImportTarget>(std::make_unique<StoreTarget>(
      options.move, std::move(fleet).value(), std::move(stores).value()));
}

}  // namespace rollcall::cli
