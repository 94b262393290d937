// rollcall verify: checks a store against itself.
#include <cstdio>

#include "base/clock.h"
#include "cli/command.h"
#include "cli/fleet_files.h"
#include "cli/misdated_text.h"
#include "cli/progress_bar.h"
#include "cli/serve_process.h"
#include "cli/verify_store.h"
#include "counts/verify.h"

namespace rollcall::cli {

const std::string_view kVerifyHelp =
    "Reads every row of every table, recomputes every total from the stored peaks, the tallies of\n"
    "closed days and months from these and the stored reports, and the peaks from the stored "
    "reports\n"
    "where these are still there, and says what cannot be read and what differs.\n"
    "The store must not be in use. Nothing is changed: a disk that is full or cannot be written "
    "will do.\n"
    "\n"
    "  rollcall verify --data-dir /var/lib/rollcall\n"
    "\n"
    "Exit code: 0 when all agrees, 1 when something differs or cannot be read.\n";

int VerifyStore(const char* command, const Options& options) {
  storage::StoreOptions store = options.store;
  store.read_only = true;
  auto stores = storage::Stores::Open(store);
  if (!stores.ok()) return Fail(command, stores.status());
  std::optional<ProgressBar> bar;
  const auto fleets = FleetsIn(options.fleets, **stores);
  if (!fleets.ok()) return Fail(command, fleets.status());
  const auto report = counts::Verify(**stores, *fleets, [&](uint64_t done, uint64_t all) {
    if (!bar) bar.emplace(ProgressBar::ForStderr("verify", "months and periods", all));
    bar->Update(done);
  });
  bar.reset();
  for (const std::string& example : report.examples) std::printf("differs: %s\n", example.c_str());
  const uint64_t found = report.faults + report.differences;
  if (found > report.examples.size()) {
    std::printf("… and %llu more\n",
                static_cast<unsigned long long>(found - report.examples.size()));
  }
  std::printf("%llu rows of %llu tables read, %llu of them damaged; ",
              static_cast<unsigned long long>(report.rows),
              static_cast<unsigned long long>(report.tables),
              static_cast<unsigned long long>(report.faults));
  std::printf(
      "%llu months of totals (%llu rows) against peaks, %llu left out; %llu periods (%llu rows) "
      "against peaks and reports, %llu left out; %llu rows of peaks against %llu reports, %llu "
      "months left out; %llu differences\n",
      static_cast<unsigned long long>(report.windows),
      static_cast<unsigned long long>(report.totals_rows),
      static_cast<unsigned long long>(report.windows_skipped),
      static_cast<unsigned long long>(report.periods),
      static_cast<unsigned long long>(report.period_rows),
      static_cast<unsigned long long>(report.periods_skipped),
      static_cast<unsigned long long>(report.peaks_rows),
      static_cast<unsigned long long>(report.reports),
      static_cast<unsigned long long>(report.months_skipped),
      static_cast<unsigned long long>(report.differences));
  // The store's time, and what came in while the clock was wrong, do not count as differences.
  if ((*stores)->time().Follow(SystemClock().NowMilliseconds()) != storage::ClockState::kFollowed) {
    std::printf("%s\n", (*stores)->time().view().Explain().c_str());
  }
  const Result<std::string> misdated = DescribeMisdated(**stores);
  if (!misdated.ok()) return Fail(command, misdated.status());
  if (!misdated->empty()) {
    std::printf("%sTake them out: rollcall clock erase-misdated\n", misdated->c_str());
  }
  return found == 0 ? kExitOk : kExitFailure;
}

int RunVerify(std::span<char*> args) {
  const std::optional<Options> options = ReadOptions("verify", args);
  if (!options) return kExitUsage;
  SetUpLogging("warning");
  return VerifyStore("verify", *options);
}

}  // namespace rollcall::cli
