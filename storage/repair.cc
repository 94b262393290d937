#include "storage/repair.h"

#include <algorithm>
#include <filesystem>
#include <map>
#include <memory>
#include <optional>
#include <set>

#include "storage/aside.h"
#include "storage/directory_lock.h"
#include "storage/file_check.h"
#include "storage/log_scan.h"
#include "storage/recount.h"
#include "storage/store_files.h"
#include "storage/synced_sizes.h"
#include "storage/table_rescue.h"
#include "storage/tables.h"

namespace rollcall::storage {
namespace {

namespace fs = std::filesystem;

using Kind = FileDamage::Kind;

std::string Plural(uint64_t n, const std::string& one) {
  return std::to_string(n) + " " + one + (n == 1 ? "" : "s");
}

class Repairer {
 public:
  Repairer(const std::string& directory, bool dry_run)
      : directory_(directory), dry_run_(dry_run), aside_(directory) {}

  Result<RepairReport> Run() {
    ROLLCALL_RETURN_IF_ERROR(Lock());
    const Status status = Mend();
    report_.aside = aside_.path();
    if (status.ok()) return std::move(report_);
    return report_.aside.empty() ? status
                                 : status.WithContext("the originals are in " + report_.aside);
  }

 private:
  Status Lock() {
    const Result<StoreFiles> files = ListStoreFiles(directory_);
    if (!files.ok()) return files.status();
    if (!files->any() || files->is_being_restored) {
      return Status::FailedPrecondition("open store " + directory_ + ": there is no store" +
                                        (files->any() ? ", but a restore that was not ended" : ""));
    }
    if (dry_run_) {
      auto lock = DirectoryLock::Share(directory_);
      if (!lock.ok()) return lock.status();
      shared_ = std::move(*lock);
      return Status::Ok();
    }
    auto lock = WholeLock::Take(directory_);
    if (!lock.ok()) return lock.status();
    whole_ = std::move(*lock);
    return Status::Ok();
  }

  Status Mend() {
    Result<FileCheck> check = CheckFiles(directory_);
    if (!check.ok()) return check.status();
    if (Concerns(*check, Kind::kCurrent) || Concerns(*check, Kind::kManifest)) {
      Note(*check);
      ROLLCALL_RETURN_IF_ERROR(MendManifest(check->files));
      // What else is wrong is known only then.
      if (dry_run_) return Status::Ok();
      check = CheckFiles(directory_);
      if (!check.ok()) return check.status();
    }
    Note(*check);
    if (!check->manifest) {
      return Status::FailedPrecondition("the MANIFEST is not of a form that is known here");
    }
    const CountedDamage counted = TakeCountedDamage(directory_, *check);
    report_.found.insert(report_.found.end(), counted.what.begin(), counted.what.end());
    ROLLCALL_RETURN_IF_ERROR(LookAtTables(*check->manifest));
    for (const FileDamage& damage : check->damages) {
      if (damage.kind == Kind::kLog) ROLLCALL_RETURN_IF_ERROR(MendLog(damage.number));
    }
    ROLLCALL_RETURN_IF_ERROR(MendTables());
    if (counted.any())
      Step(counted.Names() + ": dropped; who wants these numbers has them counted anew");
    if (!dry_run_ && !report_.steps.empty()) return Conclude(counted);
    return Status::Ok();
  }

  static bool Concerns(const FileCheck& check, Kind kind) {
    return std::any_of(check.damages.begin(), check.damages.end(),
                       [&](const FileDamage& damage) { return damage.kind == kind; });
  }

  void Note(const FileCheck& check) {
    for (const FileDamage& damage : check.damages) report_.found.push_back(damage.what);
  }
  void Step(std::string what) { report_.steps.push_back(std::move(what)); }

  Status KeepAside(const std::string& name) { return dry_run_ ? Status::Ok() : aside_.Keep(name); }

  // The latest manifest that is whole becomes the one that counts. Without any, one is mended by
  // leaving out what is damaged, where the files show that nothing of the list was in there.
  Status MendManifest(const StoreFiles& files) {
    const std::map<std::string, uint64_t> synced = ReadSyncedSizes(directory_);
    for (auto number = files.manifests.rbegin(); number != files.manifests.rend(); ++number) {
      const std::string name = ManifestName(*number);
      const Result<ManifestScan> read = ReadManifest(PathOf(directory_, name));
      const auto size = synced.find(name);
      const bool whole = read.ok() && read->scan.only_tail_is_torn() && read->manifest &&
                         (size == synced.end() || read->scan.size >= size->second);
      if (whole && Lists(*read->manifest, files, false)) return Name(name);
    }
    for (auto number = files.manifests.rbegin(); number != files.manifests.rend(); ++number) {
      const std::string name = ManifestName(*number);
      const Result<ManifestScan> read = ReadManifest(PathOf(directory_, name));
      if (read.ok() && read->manifest && Lists(*read->manifest, files, true)) {
        return LeaveOutDamage(name);
      }
    }
    return Status::FailedPrecondition(
        "repair " + directory_ +
        ": no MANIFEST is whole, so it is not known which files belong together; nothing was "
        "changed; restore a copy");
  }

  // Whether the tables are all there, and the files that they are made of; with `no_others` no
  // files but these.
  static bool Lists(const Manifest& manifest, const StoreFiles& files, bool no_others) {
    std::set<std::string> names;
    std::vector<uint64_t> listed;
    for (const auto& [id, family] : manifest.families) {
      names.insert(family.name);
      for (const auto& [number, file] : family.files) listed.push_back(number);
    }
    std::sort(listed.begin(), listed.end());
    const bool all =
        std::includes(files.tables.begin(), files.tables.end(), listed.begin(), listed.end());
    return names.size() == kTables.size() && all && (!no_others || listed == files.tables);
  }

  Status Name(const std::string& manifest) {
    Step("CURRENT names " + manifest);
    ROLLCALL_RETURN_IF_ERROR(KeepAside(std::string(kCurrentName)));
    return dry_run_ ? Status::Ok() : ReplaceFile(directory_, kCurrentName, manifest + "\n");
  }

  Status LeaveOutDamage(const std::string& name) {
    std::string whole;
    const Result<LogScan> scan = ScanLog(
        PathOf(directory_, name), [&](std::string_view record) { AppendLogRecord(record, whole); });
    if (!scan.ok()) return scan.status();
    Step(name + ": " + Plural(scan->records, "whole record") +
         " kept; they list all files that are there");
    ROLLCALL_RETURN_IF_ERROR(KeepAside(name));
    if (!dry_run_) ROLLCALL_RETURN_IF_ERROR(ReplaceFile(directory_, name, whole));
    ROLLCALL_RETURN_IF_ERROR(Name(name));
    return dry_run_ ? Status::Ok() : ForgetSizes();
  }

  // They are of files that are no more what they were.
  Status ForgetSizes() {
    ROLLCALL_RETURN_IF_ERROR(KeepAside(kSyncedName));
    std::error_code error;
    fs::remove(PathOf(directory_, kSyncedName), error);
    return error
               ? Status::Unavailable(std::string("remove ") + kSyncedName + ": " + error.message())
               : Status::Ok();
  }

  // The log's whole records, one after another.
  Status MendLog(uint64_t number) {
    const std::string name = LogName(number);
    std::error_code error;
    if (!fs::exists(PathOf(directory_, name), error)) {
      Step(name + ": nothing of it is left; the store goes on without it");
      return dry_run_ ? Status::Ok() : ForgetSizes();
    }
    std::string whole;
    const Result<LogScan> scan = ScanLog(
        PathOf(directory_, name), [&](std::string_view record) { AppendLogRecord(record, whole); });
    if (!scan.ok()) return scan.status();
    Step(name + ": " + Plural(scan->records, "whole record") + " kept, " +
         std::to_string(scan->gap_bytes()) + " bytes in " + Plural(scan->gaps.size(), "place") +
         " cannot be read");
    if (dry_run_) return Status::Ok();
    ROLLCALL_RETURN_IF_ERROR(KeepAside(name));
    ROLLCALL_RETURN_IF_ERROR(ReplaceFile(directory_, name, whole));
    return ForgetSizes();
  }

  // Which files of rows are damaged, and how much; nothing is changed yet.
  Status LookAtTables(const Manifest& manifest) {
    for (const auto& [id, family] : manifest.families) {
      const std::optional<Table> table = TableNamed(family.name);
      if (table && IsCounted(*table)) continue;
      for (const auto& [number, file] : family.files) {
        const std::string name = TableName(number);
        std::error_code error;
        const uint64_t bytes = fs::file_size(PathOf(directory_, name), error);
        const bool is_told = error || bytes != file.bytes;
        const TableFault fault = is_told ? TableFault{TableFault::Kind::kWhole, ""}
                                         : CheckTableFile(PathOf(directory_, name));
        if (fault.kind == TableFault::Kind::kNone) continue;
        if (!is_told) report_.found.push_back(name + " of " + family.name + ": " + fault.reason);
        if (!table || *table == Table::kMeta) {
          return Status::FailedPrecondition("repair " + directory_ + ": " + name + " of " +
                                            family.name +
                                            " is damaged, and all tables rest on its numbers; "
                                            "nothing was changed; restore a copy");
        }
        damaged_.insert(*table);
        damaged_files_.push_back(name);
        if (fault.kind == TableFault::Kind::kBlocks) {
          rewritten_.insert(*table);
          continue;
        }
        Step(name + " of " + family.name + ": all its rows are lost, " +
             std::to_string(file.bytes) + " bytes");
        drops_.push_back(EncodeFileDrop(id, file.level, number));
      }
    }
    for (const Table table : rewritten_) {
      Step(std::string(RowOf(table).name) + ": written anew with all rows that can be read");
    }
    return Status::Ok();
  }

  Status MendTables() {
    for (const std::string& name : damaged_files_) ROLLCALL_RETURN_IF_ERROR(KeepAside(name));
    return dry_run_ || drops_.empty() ? Status::Ok() : DropFiles();
  }

  Status DropFiles() {
    const Result<uint64_t> number = ReadCurrent(directory_);
    if (!number.ok()) return number.status();
    ROLLCALL_RETURN_IF_ERROR(KeepAside(ManifestName(*number)));
    return AppendToManifest(directory_, drops_);
  }

  // What rests on rows that may be lost is computed again.
  Status Conclude(CountedDamage counted) {
    whole_.reset();
    if (damaged_.contains(Table::kRecords)) {
      for (const Table table :
           {Table::kRecordColumns, Table::kRecordMachines, Table::kRecordGroups}) {
        if (std::find(counted.tables.begin(), counted.tables.end(), table) ==
            counted.tables.end()) {
          counted.tables.push_back(table);
        }
      }
    }
    if (counted.any()) ROLLCALL_RETURN_IF_ERROR(DropCounted(directory_, counted, aside_));
    const Computed computed =
        damaged_.contains(Table::kPeaks) ? Computed::kWindows : Computed::kOpenWindows;
    const auto rescued =
        RescueTables(directory_, {rewritten_.begin(), rewritten_.end()}, computed, aside_.path());
    if (!rescued.ok()) return rescued.status();
    for (const TableRescue& rescue : *rescued) {
      Step(std::string(RowOf(rescue.table).name) + ": " + Plural(rescue.rows, "row") + " kept, " +
           Plural(rescue.places, "place") + " could not be read");
    }
    return Status::Ok();
  }

  const std::string directory_;
  const bool dry_run_;
  Aside aside_;
  RepairReport report_;
  std::unique_ptr<DirectoryLock> shared_;
  std::unique_ptr<WholeLock> whole_;
  std::set<Table> damaged_;
  std::set<Table> rewritten_;
  std::vector<std::string> damaged_files_;  // of tables
  std::vector<std::string> drops_;          // records of the manifest
};

}  // namespace

Result<RepairReport> Repair(const std::string& directory, bool dry_run) {
  return Repairer(directory, dry_run).Run();
}

}  // namespace rollcall::storage
