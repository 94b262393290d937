// The rollcall binary: picks a command and runs it.
#include <array>
#include <cstdio>
#include <cstdlib>
#include <iostream>

#include "base/heap_growth.h"
#include "cli/command.h"

int main(int argc, char** argv) {
  using namespace rollcall::cli;  // NOLINT: the whole of main is about it
  const auto commands = std::to_array<Command>({
      {"serve", "Take in reports and answer for them", kServeHelp, RunServe},
      {"demo", "Fill a store with made-up fleets, then serve it", kDemoHelp, RunDemo},
      {"verify", "Count again all that a store has counted, and compare", kVerifyHelp, RunVerify},
      {"repair", "Save what is whole of a damaged store", kRepairHelp, RunRepair},
      {"import", "Take in history: a file, or what a VictoriaMetrics has", kImportHelp, RunImport,
       "[FILE|-]"},
      {"export", "Write out the stored reports, as an import takes them", kExportHelp, RunExport},
      {"clock", "Say what the store's own time is, and that the clock is right", kClockHelp,
       RunClock, "[accept|erase-misdated]"},
      {"fleet", "Try or begin the declaration of a product of your own", kFleetHelp, RunFleet,
       "check FILE [SAMPLE...] | init"},
      {"config", "Check what a server would be started with, or write it as a file", kConfigHelp,
       RunConfig, "check | print"},
      {"records", "Delete the records that are past their time", kRecordsHelp, RunRecords, "prune"},
      {"token", "Make, list and revoke tokens for the private listener", kTokenHelp, RunToken,
       "add NAME | list | revoke NAME"},
      {"backup", "Make backups of a store, and look after them", kBackupHelp, RunBackup,
       "[list|verify|prune] DIR"},
      {"restore", "Make a store of a backup", kRestoreHelp, RunRestore, "DIR"},
      {"show", "Say all that is held about an installation", kShowHelp, RunShow, "ID"},
      {"forget", "Erase an installation, or a report of one", kForgetHelp, RunForget, "ID..."},
  });
  rollcall::BeginHeapsLarge();
  const std::span<char*> args(argv, static_cast<size_t>(argc));
  const int code = Dispatch(commands, args.subspan(argc > 0 ? 1 : 0), std::cout, std::cerr);
  // If a full disk kept the store open, some of its threads wait for room: do not wait for them.
  std::cout.flush();
  std::fflush(nullptr);
  std::_Exit(code);
}
