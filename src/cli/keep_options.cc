#include "cli/keep_options.h"

#include <limits>

#include "base/byte_sizes.h"
#include "base/nearest.h"
#include "base/text.h"
#include "cli/option_kinds.h"
#include "model/source_id.h"
#include "parse/instant.h"

namespace rollcall::cli {
void AddRepairOptions(std::vector<OptionSpec>& table) {
  table.push_back(
      Switch(kRepair | kRecords, "dry-run", ROLLCALL_FIELD(repair.dry_run),
             {"Say what is damaged, or past its time, and what would be done; change nothing.",
              "whoever says repair means it"}));
}

void AddBackupOptions(std::vector<OptionSpec>& table) {
  table.push_back(
      Text(kServe, "backup-dir", "DIRECTORY", kAllowedDirectories, CheckDirectory,
           ROLLCALL_FIELD(server.backups.backup.directory),
           {"Where the server makes a backup every --backup-interval: better on another disk.",
            "rollcall backup makes one when you ask for it", "none is made unless asked for"}));
  table.push_back(Duration(kServe, "backup-interval", std::chrono::minutes(1),
                           std::chrono::hours(24 * 366), ROLLCALL_FIELD(server.backups.interval),
                           {"How old the newest backup there becomes before the next is made.",
                            "what changes in a day is small"}));
  table.push_back(Number<uint32_t>(
      kServe | kBackup, "backup-keep", 0, 10'000, "backups",
      ROLLCALL_FIELD(server.backups.backup.keep),
      {"How many backups stay in a directory; older ones are deleted when one was made.",
       "a week of days", "all of them"}));
  table.push_back(Size(kServe | kBackup | kRestore, "backup-rate", 0, 1024 * kGiB,
                       ROLLCALL_FIELD(server.backups.backup.bytes_per_second),
                       {"Most bytes a second that a backup or a restore writes.",
                        "leaves a disk time for reports", "as fast as it goes"}));
  table.push_back(Number<uint32_t>(
      kBackup | kRestore, "backup", 0, std::numeric_limits<uint32_t>::max(), "",
      ROLLCALL_FIELD(backup.id),
      {"Which backup is restored or verified, by its number.",
       "what was lost last is in the newest", "the newest that is whole; of verify: all"}));
}

Status ReadBackupWords(const std::vector<std::string>& words, BackupCommandOptions& backup) {
  std::vector<std::string> left = words;
  for (const char* const word : {"list", "verify", "prune"}) {
    if (!left.empty() && left[0] == word) {
      backup.word = word;
      left.erase(left.begin());
      break;
    }
  }
  if (left.empty()) {
    return Status::InvalidArgument(
        "a directory is missing; write rollcall backup [list|verify|prune] DIR");
  }
  if (left.size() > 1) {
    return Status::InvalidArgument("unexpected argument " + QuoteWord(left[1]) +
                                   DidYouMean(left[0], {"list", "verify", "prune"}));
  }
  backup.directory = left[0];
  return Status::Ok();
}

Status ReadRestoreWords(const std::vector<std::string>& words, BackupCommandOptions& backup) {
  if (words.empty()) {
    return Status::InvalidArgument(
        "a directory is missing; write rollcall restore DIR --data-dir D");
  }
  backup.directory = words[0];
  return Status::Ok();
}

void AddSourceOptions(std::vector<OptionSpec>& table) {
  table.push_back(
      Text(kForget, "report", "TIME", kAllowedInstants, CheckInstant, ROLLCALL_FIELD(source.report),
           {"Only its report of this second is erased, and the peaks of the month are "
            "worked out again from the others.",
            "an installation that asks to be forgotten means all", "all that is held"}));
  table.push_back(Switch(kForget, "machine", ROLLCALL_FIELD(source.are_machines),
                         {"The ids are those of machines, whose records are erased.",
                          "most that ask are installations"}));
}

Status ReadSourceWords(const std::vector<std::string>& words, SourceOptions& source) {
  if (words.empty()) return Status::InvalidArgument("an id is missing; write rollcall forget ID");
  for (const std::string& word : words) {
    const auto id = SourceId::Parse(word);
    if (!id.ok()) return Status::InvalidArgument(QuoteWord(word) + ": " + id.status().message());
  }
  source.ids = words;
  return Status::Ok();
}

}  // namespace rollcall::cli
