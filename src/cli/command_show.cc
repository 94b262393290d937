// rollcall show: says all that is held about an installation.
#include <cstdio>

#include "api/source_json.h"
#include "cli/command.h"
#include "cli/fleet_files.h"
#include "cli/serve_process.h"
#include "cli/server_client.h"
#include "cli/source_url.h"
#include "http/client/client.h"

namespace rollcall::cli {

const std::string_view kShowHelp =
    "Says all that is held about an installation, as JSON: since when it is known, when it\n"
    "reported, its peaks of each month, and what waits to be forwarded. What stood in each report\n"
    "is given out by rollcall export --match, with the label that names an installation.\n"
    "\n"
    "  rollcall show 7a1c0f3e-1f2b-4c3d-9e8f-0a1b2c3d4e5f\n"
    "  rollcall show --fleet coroot --data-dir /var/lib/rollcall 7a1c0f3e\n"
    "\n"
    "It asks a running server, or with --data-dir reads a store that no server has open.\n"
    "\n"
    "Exit code: 0 when something is held, 1 when not.\n";

namespace {

Status ShowOfServer(const Options& options, const std::string& id) {
  Result<http::HttpClientOptions> client = ServerClient(options.move);
  if (!client.ok()) return client.status();
  client->max_response_bytes = 256 * 1024 * 1024;
  const Result<std::string> url = SourceUrl(options, id, {});
  if (!url.ok()) return url.status();
  const auto answer = http::HttpGet(*url, *client);
  if (!answer.ok()) return answer.status();
  if (answer->status != 200) return SourceRefusal(options, answer->status, answer->body);
  std::fputs(answer->body.c_str(), stdout);
  return Status::Ok();
}

Status OfStore(const Options& options, const std::string& id) {
  storage::StoreOptions store = options.store;
  store.read_only = true;
  const auto stores = storage::Stores::Open(store);
  if (!stores.ok()) return stores.status();
  const auto fleet = OpenFleet(options.fleets, options.move.fleet, [&](const std::string& name) {
    return Result<FleetRef>((*stores)->fleets().Find(name));
  });
  if (!fleet.ok()) return fleet.status();
  const SourceId source = SourceId::Parse(id).value();
  const auto holdings = ingest::ReadHoldings(**stores, fleet->ref, source);
  if (!holdings.ok()) return holdings.status();
  const auto json = api::HoldingsJson(fleet->name, source, *holdings, (*stores)->labels());
  if (!json.ok()) return json.status();
  std::fputs(json->c_str(), stdout);
  return Status::Ok();
}

}  // namespace

int RunShow(std::span<char*> args) {
  const std::optional<Options> options = ReadOptions("show", args);
  if (!options) return kExitUsage;
  SetUpLogging("warning");
  const std::string& id = options->source.ids.front();
  const Status status =
      options->move.through_server ? ShowOfServer(*options, id) : OfStore(*options, id);
  return status.ok() ? kExitOk : Fail("show", status);
}

}  // namespace rollcall::cli
