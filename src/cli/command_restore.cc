// rollcall restore: makes a store of a backup.
#include <cstdio>

#include "base/byte_sizes.h"
#include "base/civil_time.h"
#include "cli/command.h"
#include "cli/progress_bar.h"
#include "cli/serve_process.h"
#include "cli/verify_store.h"
#include "storage/backup.h"

namespace rollcall::cli {

const std::string_view kRestoreHelp =
    "Puts a backup of DIR, the newest unless --backup names another, into a data directory that "
    "is\n"
    "empty, compares its files with their checksums, and then verifies the store as rollcall "
    "verify\n"
    "does. What is interrupted cannot be opened as a store; run it again.\n"
    "\n"
    "  rollcall restore /mnt/backup/rollcall --data-dir /var/lib/rollcall\n"
    "  rollcall restore /mnt/backup/rollcall --data-dir /tmp/rollcall --backup 12\n"
    "\n"
    "Exit code: 0 when the store is there and agrees with itself, 1 when not.\n";

int RunRestore(std::span<char*> args) {
  const std::optional<Options> options = ReadOptions("restore", args);
  if (!options) return kExitUsage;
  SetUpLogging("warning");
  std::optional<ProgressBar> bar;
  const auto restored = storage::RestoreBackup(
      options->backup.directory, options->backup.id, options->store.directory,
      options->server.backups.backup.bytes_per_second, [&](uint64_t done, uint64_t all) {
        if (!bar) bar.emplace(ProgressBar::ForStderr("restore", "MiB", all / kMiB));
        bar->Update(done / kMiB);
      });
  bar.reset();
  if (!restored.ok()) return Fail("restore", restored.status());
  std::printf("backup %u of %s is in %s\n", restored->id, FormatRfc3339(restored->time).c_str(),
              options->store.directory.c_str());
  std::fflush(stdout);
  return VerifyStore("restore", *options);
}

}  // namespace rollcall::cli
