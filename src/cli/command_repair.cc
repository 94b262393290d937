// rollcall repair: saves the intact part of a damaged store.
#include <cstdio>

#include "cli/command.h"
#include "cli/fleet_files.h"
#include "cli/serve_process.h"
#include "counts/verify.h"
#include "storage/repair.h"

namespace rollcall::cli {

const std::string_view kRepairHelp =
    "Keeps all that is whole of a store whose files are damaged or missing, and says what is not. "
    "The\n"
    "files as they were are kept in a directory beside them, whose name is printed; nothing is "
    "deleted.\n"
    "Totals that may be wrong are counted again. The store must not be in use. Restoring a copy "
    "loses\n"
    "less where there is a recent one.\n"
    "\n"
    "  rollcall repair --data-dir /var/lib/rollcall --dry-run    say what is wrong, change "
    "nothing\n"
    "  rollcall repair --data-dir /var/lib/rollcall\n"
    "\n"
    "Exit code: 0 when nothing was damaged, or all that could be saved is, and rollcall serve "
    "starts;\n"
    "1 when it could not be done, or when --dry-run found damage.\n";

namespace {

void Print(const char* head, const std::vector<std::string>& lines) {
  for (const std::string& line : lines) std::printf("%s%s\n", head, line.c_str());
}

// Checks that what is left is consistent, or says what is not.
Status Check(const std::string& list, storage::StoreOptions options) {
  options.read_only = true;
  const auto stores = storage::Stores::Open(options);
  if (!stores.ok()) return stores.status();
  const auto fleets = FleetsIn(list, **stores);
  if (!fleets.ok()) return fleets.status();
  const counts::VerifyReport report = counts::Verify(**stores, *fleets, [](uint64_t, uint64_t) {});
  Print("inconsistent: ", report.examples);
  std::printf("%llu rows read, %llu of them damaged, %llu differences between reports and counts\n",
              static_cast<unsigned long long>(report.rows),
              static_cast<unsigned long long>(report.faults),
              static_cast<unsigned long long>(report.differences));
  return Status::Ok();
}

}  // namespace

int RunRepair(std::span<char*> args) {
  const std::optional<Options> options = ReadOptions("repair", args);
  if (!options) return kExitUsage;
  SetUpLogging("warning");
  const auto report = storage::Repair(options->store.directory, options->repair.dry_run);
  if (!report.ok()) return Fail("repair", report.status());
  Print("damaged: ", report->found);
  Print(options->repair.dry_run ? "would do: " : "done: ", report->steps);
  if (report->found.empty()) {
    std::printf("nothing is damaged\n");
    return kExitOk;
  }
  if (options->repair.dry_run) return kExitFailure;
  std::printf("the files as they were: %s\n", report->aside.c_str());
  const Status status = Check(options->fleets, options->store);
  return status.ok() ? kExitOk : Fail("repair", status);
}

}  // namespace rollcall::cli
