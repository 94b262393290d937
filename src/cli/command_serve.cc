// rollcall serve: takes reports in and answers queries until it is told to stop.
#include "cli/access_options.h"
#include "cli/command.h"
#include "cli/descriptors.h"
#include "cli/fleet_files.h"
#include "cli/record_options.h"
#include "cli/serve_process.h"
#include "cli/service_manager.h"

namespace rollcall::cli {

const std::string_view kServeHelp =
    "Takes reports in over HTTP, stores them under --data-dir, and serves the counts.\n"
    "\n"
    "  rollcall serve\n"
    "  rollcall serve --listen-addr 127.0.0.1:9000 --data-dir /var/lib/rollcall\n"
    "  rollcall --forward-url=http://vm:8428/api/v1/import/prometheus   flags alone mean serve\n"
    "\n"
    "Reports, the overview and the page are on the public listener; /metrics is on the private "
    "one.\n"
    "SIGHUP: the files of --config, --fleets and --views-dir are read again; bad ones change "
    "nothing.\n"
    "SIGTERM or SIGINT: no new connections, what was accepted is stored and answered, exit 0.\n";

int RunServe(std::span<char*> args) {
  std::optional<Options> options = ReadOptions("serve", args);
  if (!options) return kExitUsage;
  Reread reread{*options, RereadOptions("serve", args)};
  SetUpLogging(options->process.log_level, options->process.log_format);
  const std::string fewer_connections = ShareDescriptors(RaiseDescriptorLimit(), *options);
  HoldSignals();
  for (const Status& good : {TakePassedSockets(options->server.front), CheckAccess(*options),
                             CheckDeclarations(options->fleets), ReadRecordRetention(*options)}) {
    if (good.ok()) continue;
    Fail("serve", good);
    return kExitUsage;
  }
  auto stores = storage::Stores::Open(options->store);
  if (!stores.ok()) return Fail("serve", stores.status());
  return ServeUntilSignal(*options, std::move(reread), std::move(stores).value(),
                          fewer_connections);
}

}  // namespace rollcall::cli
