// rollcall records: what an operator does about records.
#include <cstdio>

#include "base/clock.h"
#include "cli/command.h"
#include "cli/message.h"
#include "cli/record_options.h"
#include "cli/serve_process.h"
#include "records/record_pruner.h"
#include "storage/records.h"

namespace rollcall::cli {

const std::string_view kRecordsHelp =
    "Deletes the records that are past their time, as a server does every day at 4:30, local "
    "time,\n"
    "and says how many by which rule. The rules are those of --records-retention:\n"
    "\n"
    "  {\"keep_days\": 35, \"severity\": {\"4\": 0}, \"classification\": "
    "{\"org.clearlinux/heartbeat/*\": 3}}\n"
    "\n"
    "keep_days is for records that no other rule names, 0 keeps for ever. A record that several "
    "name\n"
    "goes when any of them with more than 0 days says so. It goes by the time of reception, and "
    "by\n"
    "the store's own time (rollcall clock).\n"
    "\n"
    "  rollcall records prune --dry-run --data-dir /var/lib/rollcall\n"
    "  rollcall records prune --records-retention keep.json --data-dir /var/lib/rollcall\n"
    "\n"
    "The store must not be in use: a running server does it by itself.\n"
    "\n"
    "Exit code: 0 when it is done, 1 when not.\n";

namespace {

Status Prune(const Options& options) {
  storage::StoreOptions store = options.store;
  store.create_if_missing = false;
  store.read_only = options.repair.dry_run;
  const auto stores = storage::Stores::Open(store);
  if (!stores.ok()) return stores.status();
  storage::StoreTime& time = (*stores)->time();
  time.Follow(SystemClock().NowMilliseconds());
  const std::optional<UnixSeconds> now = time.TimeToDeleteBy();
  if (!now && !options.repair.dry_run) return Status::FailedPrecondition(time.view().Explain());
  records::RecordPruner pruner(**stores, options.server.record_retention, now.value_or(time.Now()));
  for (;;) {
    const Result<bool> more = pruner.Step(std::chrono::seconds(1), options.repair.dry_run);
    if (!more.ok()) return more.status();
    if (!*more) break;
  }
  for (const auto& [rule, count] : pruner.by_rule()) {
    std::printf("%s: %s\n", rule.c_str(), Count(count, "record").c_str());
  }
  std::printf(
      "%s: %s of %s\n", options.repair.dry_run ? "would be deleted" : "deleted",
      std::to_string(pruner.total()).c_str(),
      Count((*stores)->records().count() + (options.repair.dry_run ? 0 : pruner.total()), "record")
          .c_str());
  return Status::Ok();
}

}  // namespace

int RunRecords(std::span<char*> args) {
  std::optional<Options> options = ReadOptions("records", args);
  if (!options) return kExitUsage;
  SetUpLogging("warning");
  if (const Status read = ReadRecordRetention(*options); !read.ok()) {
    Fail("records", read);
    return kExitUsage;
  }
  const Status status = Prune(*options);
  return status.ok() ? kExitOk : Fail("records", status);
}

}  // namespace rollcall::cli
