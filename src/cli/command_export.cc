// rollcall export: writes out what is stored.
#include <chrono>
#include <cstdio>

#include "base/civil_time.h"
#include "cli/command.h"
#include "cli/export_output.h"
#include "cli/fleet_files.h"
#include "cli/message.h"
#include "cli/output_file.h"
#include "cli/record_move.h"
#include "cli/serve_process.h"
#include "cli/server_client.h"
#include "http/client/client.h"
#include "http/client/url.h"
#include "parse/instant.h"
#include "query/exporter.h"

namespace rollcall::cli {

const std::string_view kExportHelp =
    "Writes out the stored reports, sample by sample, in a form that rollcall import and\n"
    "VictoriaMetrics take: lines of Prometheus' text format with a label for the id, "
    "and a "
    "timestamp\n"
    "in milliseconds, or series as JSON lines. Imported into an empty store they give the same\n"
    "overviews, and the same bytes when they are exported again.\n"
    "\n"
    "  rollcall export -o history.txt\n"
    "  rollcall export --data-dir /var/lib/rollcall | zstd > history.zst\n"
    "  rollcall export --from 2026-01 --to 2026-03 --match '{__name__=~\"myapp_.*\"}' -o "
    "winter.txt\n"
    "  rollcall export --format jsonl | curl -T - http://127.0.0.1:8428/api/v1/import\n"
    "\n"
    "It asks a running server, or with --data-dir reads a store that no server has open. --from "
    "is\n"
    "inclusive, --to exclusive. Reports that retention has taken are in no export.\n"
    "With --records it writes the records out instead, a JSON object a line, oldest first.\n"
    "\n"
    "Exit code: 0 when all of it was written, 1 when not; a file is then not there.\n";

namespace {

// Reports are dated in whole seconds: rounds up to the next one.
UnixSeconds SecondOf(const std::string& text, UnixSeconds if_empty) {
  if (text.empty()) return if_empty;
  return std::chrono::ceil<std::chrono::seconds>(ParseInstant(text).value());
}

std::string_view FormatOf(const MoveOptions& options) {
  return options.format == "jsonl" ? "jsonl" : "text";
}

Status ExportFromStore(const std::string& fleets, const MoveOptions& options,
                       storage::StoreOptions store, ExportOutput& output) {
  store.read_only = true;
  const auto stores = storage::Stores::Open(store);
  if (!stores.ok()) return stores.status();
  const Result<Fleet> fleet = OpenFleet(
      fleets, options.fleet,
      [&](const std::string& name) -> Result<FleetRef> { return (*stores)->fleets().Find(name); });
  if (!fleet.ok()) return fleet.status();
  query::ExportOptions wanted;
  wanted.fleet = fleet->ref;
  wanted.source_label = fleet->id_label;
  wanted.from = SecondOf(options.from, wanted.from);
  wanted.to = SecondOf(options.to, wanted.to);
  if (!options.match.empty()) {
    Result<Selector> selector = Selector::Parse(options.match);
    if (!selector.ok()) return selector.status();
    wanted.selectors.push_back(std::move(selector).value());
  }
  wanted.format =
      FormatOf(options) == "text" ? query::ExportFormat::kText : query::ExportFormat::kJsonLines;
  query::Exporter exporter(**stores, std::move(wanted));
  std::string piece;
  for (;;) {
    piece.clear();
    const Result<bool> more = exporter.Next(piece);
    if (!more.ok()) return more.status();
    ROLLCALL_RETURN_IF_ERROR(output.Write(piece));
    if (!*more) return Status::Ok();
  }
}

Status ExportFromServer(const MoveOptions& options, ExportOutput& output) {
  http::UrlParameters parameters{{"format", std::string(FormatOf(options))}};
  if (!options.fleet.empty()) parameters.push_back({"fleet", options.fleet});
  if (!options.from.empty())
    parameters.push_back({"start", FormatRfc3339(SecondOf(options.from, {}))});
  if (!options.to.empty()) {
    // The API takes an inclusive end.
    const UnixSeconds last = SecondOf(options.to, {}) - std::chrono::seconds(1);
    if (last < SecondOf(options.from, {})) return Status::Ok();
    parameters.push_back({"end", FormatRfc3339(last)});
  }
  if (!options.match.empty()) parameters.push_back({"match[]", options.match});
  Result<http::HttpClientOptions> client = ServerClient(options);
  if (!client.ok()) return client.status();
  // The server sends nothing while it skips what is not asked for.
  client->read_timeout = std::chrono::hours(1);
  const auto answer = http::HttpGetStream(
      http::RequestUrl(options.server, "/api/v1/export", parameters),
      [&](std::string_view piece) { return output.Write(piece); }, *client);
  if (!answer.ok()) return answer.status();
  if (answer->status == 200) return Status::Ok();
  return Status::Unavailable(RefusalOf(options.server, answer->status, answer->body));
}

}  // namespace

int RunExport(std::span<char*> args) {
  const std::optional<Options> options = ReadOptions("export", args);
  if (!options) return kExitUsage;
  SetUpLogging("warning");
  const auto file = OutputFile::Open(options->move.output);
  if (!file.ok()) return Fail("export", file.status());
  Status status;
  if (options->records.are_moved) {
    status = ExportRecords(*options, **file);
  } else {
    ExportOutput output(**file, "lines");
    status = options->move.through_server
                 ? ExportFromServer(options->move, output)
                 : ExportFromStore(options->fleets, options->move, options->store, output);
  }
  if (status.ok()) status = (*file)->Finish();
  return status.ok() ? kExitOk : Fail("export", status);
}

}  // namespace rollcall::cli
