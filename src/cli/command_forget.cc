// rollcall forget: erases an installation, or a report of one.
#include <cstdio>

#include "api/source_json.h"
#include "base/clock.h"
#include "cli/command.h"
#include "cli/fleet_files.h"
#include "cli/message.h"
#include "cli/progress_bar.h"
#include "cli/serve_process.h"
#include "cli/server_client.h"
#include "cli/source_url.h"
#include "http/client/client.h"
#include "parse/instant.h"
#include "records/machine_erasure.h"
#include "storage/purge.h"

namespace rollcall::cli {

const std::string_view kForgetHelp =
    "Erases what is held of an installation: its reports, its peaks, what waits to be forwarded, "
    "and\n"
    "its id. What was counted with it is counted again, and the files are compacted until nothing "
    "is\n"
    "left of it there, which takes a minute for some gigabytes. With --report only its report of "
    "that\n"
    "second is erased, and the peaks of the month are worked out again from the others: the way "
    "to\n"
    "take back a mistaken one. Prints a receipt for each id, as JSON.\n"
    "\n"
    "  rollcall forget 7a1c0f3e-1f2b-4c3d-9e8f-0a1b2c3d4e5f\n"
    "  rollcall forget --fleet coroot --data-dir /var/lib/rollcall 7a1c0f3e\n"
    "  rollcall forget --report 2026-03-07T12:00:05Z 7a1c0f3e\n"
    "  rollcall forget --machine 66c196ce4222dd761470da5e7e35f6f1    the records of a machine\n"
    "\n"
    "It asks a running server, or with --data-dir opens a store that no server has open. Backups\n"
    "that were made before still have it, as has whoever it was forwarded to. It may report "
    "again.\n"
    "\n"
    "Exit code: 0 when it is done, 1 when not, or when nothing is held of one.\n";

namespace {

Status OfServer(const Options& options, const std::string& id) {
  http::UrlParameters parameters;
  if (!options.source.report.empty()) parameters.push_back({"report", options.source.report});
  Result<http::HttpClientOptions> client = ServerClient(options.move);
  if (!client.ok()) return client.status();
  // The server sends nothing until it is done.
  client->read_timeout = std::chrono::hours(6);
  client->total_timeout = std::chrono::hours(6);
  const Result<std::string> url =
      options.source.are_machines
          ? Result<std::string>(http::RequestUrl(options.move.server, "/api/v1/machines/" + id, {}))
          : SourceUrl(options, id, parameters);
  if (!url.ok()) return url.status();
  const auto answer = http::HttpDelete(*url, *client);
  if (!answer.ok()) return answer.status();
  if (answer->status != 200) {
    return SourceRefusal(options, answer->status, answer->body);
  }
  std::fputs(answer->body.c_str(), stdout);
  return Status::Ok();
}

Status Purge(storage::Stores& stores) {
  std::optional<ProgressBar> bar;
  return storage::Purge(stores.store(), [&](uint64_t done, uint64_t all) {
    if (!bar) bar.emplace(ProgressBar::ForStderr("purge", "steps", all));
    bar->Update(done);
  });
}

Status MachineOfStore(storage::Stores& stores, const std::string& id) {
  const Result<uint64_t> erased = records::EraseMachine(stores, id);
  if (!erased.ok()) return erased.status();
  if (*erased == 0) return Status::NotFound(id + ": nothing is held of it");
  const Status purged = Purge(stores);
  std::fputs(api::MachineErasureJson(id, *erased, SystemClock().Now(), purged).c_str(), stdout);
  return purged;
}

Status OfStore(const Options& options, storage::Stores& stores, const std::string& id) {
  if (options.source.are_machines) return MachineOfStore(stores, id);
  const auto fleet = OpenFleet(options.fleets, options.move.fleet, [&](const std::string& name) {
    return Result<FleetRef>(stores.fleets().Find(name));
  });
  if (!fleet.ok()) return fleet.status();
  ingest::ErasureRequest request{fleet->ref, SourceId::Parse(id).value(), std::nullopt};
  if (!options.source.report.empty()) {
    request.report =
        std::chrono::floor<std::chrono::seconds>(ParseInstant(options.source.report).value());
  }
  const auto erasure = ingest::Erase(stores, nullptr, request);
  if (!erasure.ok()) return erasure.status();
  const Status purged = Purge(stores);
  std::fputs(api::ErasureJson(fleet->name, request, *erasure, SystemClock().Now(), purged).c_str(),
             stdout);
  return purged;
}

}  // namespace

int RunForget(std::span<char*> args) {
  const std::optional<Options> options = ReadOptions("forget", args);
  if (!options) return kExitUsage;
  SetUpLogging("warning");
  std::unique_ptr<storage::Stores> stores;
  if (!options->move.through_server) {
    storage::StoreOptions store = options->store;
    store.create_if_missing = false;
    auto opened = storage::Stores::Open(store);
    if (!opened.ok()) return Fail("forget", opened.status());
    stores = std::move(opened).value();
  }
  int code = kExitOk;
  for (const std::string& id : options->source.ids) {
    const Status status = stores ? OfStore(*options, *stores, id) : OfServer(*options, id);
    if (!status.ok()) code = Fail("forget", status);
  }
  return code;
}

}  // namespace rollcall::cli
