// rollcall verify: checks a store against itself.
#include <cstdio>

#include "base/clock.h"
#include "cli/command.h"
#include "cli/misdated_text.h"
#include "cli/progress_bar.h"
#include "cli/serve_process.h"
#include "counts/verify.h"

namespace rollcall::cli {

const std::string_view kVerifyHelp =
    "Recomputes every total from the stored peaks, and the peaks from the stored reports where "
    "these\n"
    "are still there, and says what differs. The store must not be in use.\n"
    "\n"
    "  rollcall verify --data-dir /var/lib/rollcall\n"
    "\n"
    "Exit code: 0 when all agrees, 1 when something differs or cannot be read.\n";

int RunVerify(std::span<char*> args) {
  const std::optional<Options> options = ReadOptions("verify", args);
  if (!options) return kExitUsage;
  SetUpLogging("warning");
  storage::StoreOptions store = options->store;
  store.create_if_missing = false;
  auto stores = storage::Stores::Open(store);
  if (!stores.ok()) return Fail("verify", stores.status());
  std::optional<ProgressBar> bar;
  const auto report = counts::Verify(**stores, [&](uint64_t done, uint64_t all) {
    if (!bar) bar.emplace(ProgressBar::ForStderr("verify", "months", all));
    bar->Update(done);
  });
  bar.reset();
  if (!report.ok()) return Fail("verify", report.status());
  for (const std::string& example : report->examples) std::printf("differs: %s\n", example.c_str());
  if (report->differences > report->examples.size()) {
    std::printf("… and %llu more\n",
                static_cast<unsigned long long>(report->differences - report->examples.size()));
  }
  std::printf(
      "%llu months of totals (%llu rows) against peaks, %llu left out; %llu rows of peaks against "
      "%llu reports, %llu months left out; %llu differences\n",
      static_cast<unsigned long long>(report->windows),
      static_cast<unsigned long long>(report->totals_rows),
      static_cast<unsigned long long>(report->windows_skipped),
      static_cast<unsigned long long>(report->peaks_rows),
      static_cast<unsigned long long>(report->reports),
      static_cast<unsigned long long>(report->months_skipped),
      static_cast<unsigned long long>(report->differences));
  // A store's time and what came in while the clock was wrong are no differences.
  if ((*stores)->time().Follow(SystemClock().NowMilliseconds()) != storage::ClockState::kFollowed) {
    std::printf("%s\n", (*stores)->time().view().Explain().c_str());
  }
  const Result<std::string> misdated = DescribeMisdated(**stores);
  if (!misdated.ok()) return Fail("verify", misdated.status());
  if (!misdated->empty()) {
    std::printf("%sTake them out: rollcall clock erase-misdated\n", misdated->c_str());
  }
  return report->differences == 0 ? kExitOk : kExitFailure;
}

}  // namespace rollcall::cli
