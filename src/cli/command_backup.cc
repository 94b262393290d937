// rollcall backup: makes backups of a store, and looks after them.
#include <cstdio>
#include <filesystem>

#include "api/backup_json.h"
#include "base/byte_sizes.h"
#include "base/civil_time.h"
#include "base/pause.h"
#include "cli/command.h"
#include "cli/message.h"
#include "cli/progress_bar.h"
#include "cli/serve_process.h"
#include "cli/server_client.h"
#include "http/client/client.h"
#include "http/client/url.h"
#include "storage/backup.h"

namespace rollcall::cli {

const std::string_view kBackupHelp =
    "Makes a backup of the store in DIR. Backups there share the files that they have in common, "
    "so\n"
    "a further one costs what has changed since. A running server makes it itself, in a directory "
    "of\n"
    "its own machine, and goes on meanwhile; with --data-dir a store is opened that no server has\n"
    "open.\n"
    "\n"
    "  rollcall backup /mnt/backup/rollcall\n"
    "  rollcall backup /mnt/backup/rollcall --data-dir /var/lib/rollcall\n"
    "  rollcall backup list /mnt/backup/rollcall     which there are\n"
    "  rollcall backup verify /mnt/backup/rollcall   reads all files again, names those that "
    "differ\n"
    "  rollcall backup prune /mnt/backup/rollcall --backup-keep 3\n"
    "\n"
    "A server that is started with --backup-dir makes them by itself. rollcall restore puts one "
    "back.\n"
    "\n"
    "Exit code: 0 when it is done, 1 when not, or when verify or list finds a damaged one.\n";

namespace {

constexpr std::chrono::milliseconds kAskInterval{200};

// Shows how many bytes are copied; their number becomes known with the first call.
class BytesBar {
 public:
  explicit BytesBar(const char* what) : what_(what) {}
  void operator()(uint64_t done, uint64_t all) {
    if (!bar_) bar_.emplace(ProgressBar::ForStderr(what_, "MiB", all / kMiB));
    bar_->Update(done / kMiB);
  }
  void Finish() { bar_.reset(); }

 private:
  const char* const what_;
  std::optional<ProgressBar> bar_;
};

void PrintMade(const storage::Backup& backup, const std::string& directory) {
  std::printf("backup %u in %s: %llu bytes in %llu files\n", backup.id, directory.c_str(),
              static_cast<unsigned long long>(backup.bytes),
              static_cast<unsigned long long>(backup.files));
}

// A line each; returns whether all are whole.
bool PrintList(const std::vector<storage::Backup>& backups) {
  bool whole = true;
  for (const storage::Backup& backup : backups) {
    if (backup.damage.empty()) {
      std::printf("%u  %s  %llu bytes  %s\n", backup.id, FormatRfc3339(backup.time).c_str(),
                  static_cast<unsigned long long>(backup.bytes), backup.made_by.c_str());
    } else {
      std::printf("%u  damaged: %s\n", backup.id, backup.damage.c_str());
      whole = false;
    }
  }
  return whole;
}

Status OfStore(const Options& options) {
  storage::StoreOptions store = options.store;
  store.create_if_missing = false;
  const auto opened = storage::Store::Open(store);
  if (!opened.ok()) return opened.status();
  storage::BackupOptions backup = options.server.backups.backup;
  backup.directory = options.backup.directory;
  BytesBar bar("backup");
  const auto made = storage::MakeBackup(**opened, backup, std::ref(bar));
  bar.Finish();
  if (!made.ok()) return made.status();
  PrintMade(*made, backup.directory);
  return Status::Ok();
}

Result<jobs::Backups::View> Ask(const MoveOptions& options, const http::UrlParameters* start) {
  const Result<http::HttpClientOptions> client = ServerClient(options);
  if (!client.ok()) return client.status();
  const std::string& server = options.server;
  const std::string url = http::RequestUrl(server, "/api/v1/backups",
                                           start == nullptr ? http::UrlParameters() : *start);
  const auto answer = start == nullptr ? http::HttpGet(url, *client)
                                       : http::HttpPostStream(
                                             url, "text/plain",
                                             [] { return Result<std::string_view>(""); }, *client);
  if (!answer.ok()) return answer.status();
  if (answer->status != 200 && answer->status != 202) {
    return Status::Unavailable(RefusalOf(server, answer->status, answer->body));
  }
  return api::ParseBackupJson(answer->body);
}

Status OfServer(const Options& options) {
  const storage::BackupOptions& backup = options.server.backups.backup;
  std::error_code error;
  const std::string directory = std::filesystem::absolute(options.backup.directory, error);
  const http::UrlParameters start{{"directory", directory},
                                  {"keep", std::to_string(backup.keep)},
                                  {"rate", std::to_string(backup.bytes_per_second)}};
  const std::string& server = options.move.server;
  auto view = Ask(options.move, &start);
  if (!view.ok()) return view.status();
  const uint64_t run = view->run;
  BytesBar bar("backup");
  while (view->is_running && view->run == run) {
    if (view->all_bytes > 0) bar(view->done_bytes, view->all_bytes);
    PauseFor(kAskInterval, {});
    view = Ask(options.move, nullptr);
    if (!view.ok()) return view.status();
  }
  if (view->run != run) return Status::Unavailable(server + " has begun another backup since");
  if (view->made) bar(view->all_bytes, view->all_bytes);
  bar.Finish();
  if (!view->made) return Status::Unavailable(view->failure);
  PrintMade(*view->made, directory);
  return Status::Ok();
}

// What is done to a directory alone.
Result<std::vector<storage::Backup>> LookAfter(const Options& options) {
  const std::string& directory = options.backup.directory;
  if (options.backup.word == "prune") {
    return storage::PruneBackups(directory, options.server.backups.backup.keep);
  }
  if (options.backup.word == "list") return storage::ListBackups(directory);
  BytesBar bar("verify");
  return storage::VerifyBackups(directory, options.backup.id, std::ref(bar));
}

}  // namespace

int RunBackup(std::span<char*> args) {
  const std::optional<Options> options = ReadOptions("backup", args);
  if (!options) return kExitUsage;
  SetUpLogging("warning");
  if (options->backup.word.empty()) {
    const Status status = options->move.through_server ? OfServer(*options) : OfStore(*options);
    return status.ok() ? kExitOk : Fail("backup", status);
  }
  const auto backups = LookAfter(*options);
  if (!backups.ok()) return Fail("backup", backups.status());
  return PrintList(*backups) ? kExitOk : kExitFailure;
}

}  // namespace rollcall::cli
