// rollcall demo: a made-up fleet to look at.
#include <csignal>
#include <cstdio>

#include "base/log.h"
#include "cli/access_options.h"
#include "cli/command.h"
#include "cli/descriptors.h"
#include "cli/fleet_files.h"
#include "cli/message.h"
#include "cli/progress_bar.h"
#include "cli/record_options.h"
#include "cli/serve_process.h"
#include "cli/service_manager.h"
#include "demo/fill.h"
#include "demo/record_fleet.h"
#include "storage/remove_store.h"

namespace rollcall::cli {

const std::string_view kDemoHelp =
    "Fills an empty store with the history of a made-up fleet, then serves it like `rollcall "
    "serve`.\n"
    "The fleet grows, upgrades, falls silent and loses members; the same options make the same "
    "fleet.\n"
    "Each product that --fleets names has its own, made of what its declaration says.\n"
    "\n"
    "  rollcall demo\n"
    "  rollcall demo --sources 2000 --months 6 --data-dir /tmp/fleet\n"
    "  rollcall demo --fleets coroot,./myapp.json\n"
    "  rollcall demo --records            has --sources machines that post records, too\n"
    "\n"
    "A store that a demo filled before is served as it is.\n";

namespace {

bool StopRequested() {
  sigset_t pending;
  sigpending(&pending);
  return sigismember(&pending, SIGTERM) == 1 || sigismember(&pending, SIGINT) == 1;
}

// Fills a store with a made-up fleet of each product.
Status Fill(const std::string& names, demo::DemoFleetOptions fleet_options,
            storage::Stores& stores) {
  const auto set = OpenFleets(
      names, [&](const std::string& name) { return stores.fleets().Assign(name); }, nullptr);
  if (!set.ok()) return set.status();
  fleet_options.end = SystemClock().Now();
  std::vector<demo::DemoIntake> intakes;
  uint64_t total_reports = 0;
  for (const auto& declared : (*set)->all()) {
    auto fleet = demo::DemoFleet::Make(declared->declaration(), fleet_options);
    if (!fleet.ok()) return fleet.status();
    total_reports += (*fleet)->total_reports();
    intakes.push_back({{declared->fleet().ref, &declared->format()},
                       declared->body_names_source(),
                       std::move(fleet).value()});
  }
  metrics::Registry registry;
  ProgressBar bar(ProgressBar::ForStderr("demo", "reports", total_reports));
  ROLLCALL_RETURN_IF_ERROR(demo::FillWithDemo(
      stores, intakes, registry, [&](uint64_t done) { bar.Update(done); }, StopRequested));
  bar.Finish();
  return Status::Ok();
}

}  // namespace

int RunDemo(std::span<char*> args) {
  std::optional<Options> options = ReadOptions("demo", args);
  if (!options) return kExitUsage;
  Reread reread{*options, RereadOptions("demo", args)};
  SetUpLogging(options->process.log_level, options->process.log_format);
  const std::string fewer_connections = ShareDescriptors(RaiseDescriptorLimit(), *options);
  HoldSignals();
  for (const Status& good : {TakePassedSockets(options->server.front), CheckAccess(*options),
                             CheckDeclarations(options->fleets), ReadRecordRetention(*options)}) {
    if (good.ok()) continue;
    Fail("demo", good);
    return kExitUsage;
  }
  auto stores = storage::Stores::Open(options->store);
  if (!stores.ok()) return Fail("demo", stores.status());
  const Result<bool> is_whole = demo::HoldsWholeDemo((*stores)->store());
  if (!is_whole.ok()) return Fail("demo", is_whole.status());
  if (*is_whole) {
    log::Info("{} holds a demo fleet already", options->store.directory);
  } else if ((*stores)->sources().size() > 0) {
    return Fail("demo", Status::FailedPrecondition(options->store.directory + " holds " +
                                                   Count((*stores)->sources().size(), "source") +
                                                   ": name an empty directory with --data-dir"));
  } else if (Status filled = Fill(options->fleets, options->demo, **stores); !filled.ok()) {
    stores->reset();
    // The directory was empty before, and half a history is of no use to anybody.
    if (Status removed = storage::RemoveStore(options->store.directory); !removed.ok()) {
      Fail("demo", removed);
    }
    return Fail("demo", filled);
  }
  if (options->server.records) {
    const demo::DemoRecordOptions machines{options->demo.sources, options->demo.seed,
                                           SystemClock().Now()};
    const Status filled = demo::FillWithDemoRecords(**stores, machines, StopRequested);
    if (!filled.ok()) return Fail("demo", filled);
  }
  return ServeUntilSignal(*options, std::move(reread), std::move(stores).value(),
                          fewer_connections);
}

}  // namespace rollcall::cli
