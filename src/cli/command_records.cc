// rollcall records: what an operator does about records.
#include <cstdio>

#include "base/clock.h"
#include "cli/command.h"
#include "cli/message.h"
#include "cli/record_options.h"
#include "cli/serve_process.h"
#include "cli/server_client.h"
#include "http/client/client.h"
#include "http/client/url.h"
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
    "  rollcall records prune --dry-run\n"
    "  rollcall records prune --records-retention keep.json --data-dir /var/lib/rollcall\n"
    "\n"
    "It asks a running server, which has its own rules, or with --data-dir opens a store that no "
    "server\n"
    "has open.\n"
    "\n"
    "Exit code: 0 when it is done, 1 when not.\n";

namespace {

Status PruneStore(const Options& options) {
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
  for (Result<bool> more = true; *more;) {
    more = pruner.Step(std::chrono::seconds(1), options.repair.dry_run);
    if (!more.ok()) return more.status();
  }
  std::fputs(pruner.Describe(options.repair.dry_run).c_str(), stdout);
  return Status::Ok();
}

Status AskServer(const Options& options) {
  http::UrlParameters parameters;
  if (options.repair.dry_run) parameters.push_back({"dry_run", "1"});
  Result<http::HttpClientOptions> client = ServerClient(options.move);
  if (!client.ok()) return client.status();
  // The server sends nothing until it is done.
  client->read_timeout = std::chrono::hours(1);
  client->total_timeout = std::chrono::hours(1);
  const std::string& server = options.move.server;
  const auto answer = http::HttpPostStream(
      http::RequestUrl(server, "/api/v1/records/prune", parameters), "text/plain",
      [] { return Result<std::string_view>(""); }, *client);
  if (!answer.ok()) return answer.status();
  if (answer->status != 200) {
    return Status::Unavailable(RefusalOf(server, answer->status, answer->body));
  }
  std::fputs(answer->body.c_str(), stdout);
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
  const Status status = options->move.through_server ? AskServer(*options) : PruneStore(*options);
  return status.ok() ? kExitOk : Fail("records", status);
}

}  // namespace rollcall::cli
