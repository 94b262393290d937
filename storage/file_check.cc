#include "storage/file_check.h"

#include <algorithm>
#include <filesystem>
#include <string_view>

#include "storage/log_scan.h"
#include "storage/synced_sizes.h"

namespace rollcall::storage {
namespace {

namespace fs = std::filesystem;

using Kind = FileDamage::Kind;

std::string Bytes(uint64_t bytes) { return std::to_string(bytes) + " bytes"; }

// Which numbers RocksDB gave to the changes in a log's batches: each begins with the first of its
// own and how many they are, little-endian.
struct Sequence {
  uint64_t first = 0;
  uint64_t next = 0;  // after the last batch

  void Take(std::string_view batch) {
    if (batch.size() < 12) return;
    const auto number = [&](size_t from, size_t bytes) {
      uint64_t v = 0;
      for (size_t i = bytes; i-- > 0;) v = v << 8 | static_cast<uint8_t>(batch[from + i]);
      return v;
    };
    if (next == 0) first = number(0, 8);
    next = number(0, 8) + number(8, 4);
  }
};

class Checker {
 public:
  explicit Checker(const std::string& directory)
      : directory_(directory), synced_(ReadSyncedSizes(directory)) {}

  Result<FileCheck> Run() {
    Result<StoreFiles> files = ListStoreFiles(directory_);
    if (!files.ok()) return files.status();
    check_.files = std::move(*files);
    if (!check_.files.has_current) {
      Add(Kind::kCurrent, 0, "CURRENT is missing");
      return std::move(check_);
    }
    ROLLCALL_RETURN_IF_ERROR(CheckManifest());
    ROLLCALL_RETURN_IF_ERROR(CheckLogs());
    CheckTables();
    return std::move(check_);
  }

 private:
  void Add(Kind kind, uint64_t number, std::string what, std::string table = {}) {
    check_.damages.push_back({kind, number, std::move(what), std::move(table)});
  }

  uint64_t SyncedOf(const std::string& name) const {
    const auto known = synced_.find(name);
    return known == synced_.end() ? 0 : known->second;
  }

  // What is wrong with a log or a manifest, if that is more than a write that was cut off.
  std::optional<std::string> DamageOf(const std::string& name, const LogScan& scan) const {
    const uint64_t synced = SyncedOf(name);
    if (scan.size < synced) {
      return name + ": " + Bytes(scan.size) + ", " + Bytes(synced) + " were stored";
    }
    const bool lost_what_was_stored = !scan.gaps.empty() && scan.gaps.front().begin < synced;
    if (scan.only_tail_is_torn() && !lost_what_was_stored) return std::nullopt;
    const LogScan::Gap& gap = scan.gaps.front();
    uint64_t after = 0;
    for (const LogScan::Gap& one : scan.gaps) after += one.records_after;
    return name + ": at byte " + std::to_string(gap.begin) + " of " + std::to_string(scan.size) +
           " " + gap.reason + ", " + std::to_string(after) + " whole records after it";
  }

  Status CheckManifest() {
    const Result<uint64_t> number = ReadCurrent(directory_);
    if (!number.ok()) {
      Add(Kind::kCurrent, 0, number.status().message());
      return Status::Ok();
    }
    const std::string name = ManifestName(*number);
    if (!std::binary_search(check_.files.manifests.begin(), check_.files.manifests.end(),
                            *number)) {
      Add(Kind::kManifest, *number, name + " is missing");
      return Status::Ok();
    }
    Result<ManifestScan> read = ReadManifest(PathOf(directory_, name));
    if (!read.ok()) return read.status();
    if (const auto damage = DamageOf(name, read->scan)) {
      Add(Kind::kManifest, *number, *damage);
    } else if (read->scan.records == 0) {
      Add(Kind::kManifest, *number, name + ": no record in " + Bytes(read->scan.size));
    } else {
      check_.manifest = std::move(read->manifest);
    }
    return Status::Ok();
  }

  Status CheckLogs() {
    const uint64_t first = check_.manifest ? check_.manifest->FirstNeededLog() : 0;
    std::optional<std::string> torn;
    Sequence before;
    for (const uint64_t number : check_.files.logs) {
      if (number < first) continue;
      const std::string name = LogName(number);
      Sequence sequence;
      const Result<LogScan> scan =
          ScanLog(PathOf(directory_, name), [&](std::string_view batch) { sequence.Take(batch); });
      if (!scan.ok()) return scan.status();
      // After a write that failed RocksDB begins a new log, with the next number.
      const bool goes_on = scan->records == 0 || sequence.first == before.next;
      if (torn && !goes_on) Add(Kind::kLog, torn_number_, *torn);
      before = sequence;
      torn.reset();
      if (const auto damage = DamageOf(name, *scan)) {
        Add(Kind::kLog, number, *damage);
      } else if (!scan->gaps.empty()) {
        torn_number_ = number;
        torn = name + ": cut short at byte " + std::to_string(scan->gaps.front().begin) +
               ", and what a later log goes on from is not there";
      }
    }
    for (const auto& [name, bytes] : synced_) {
      if (check_.manifest && bytes > 0 && name.ends_with(".log")) CheckIsThere(name, bytes, first);
    }
    return Status::Ok();
  }

  void CheckIsThere(const std::string& name, uint64_t bytes, uint64_t first_needed) {
    const uint64_t number = std::strtoull(name.c_str(), nullptr, 10);
    const auto& logs = check_.files.logs;
    if (number < first_needed || std::binary_search(logs.begin(), logs.end(), number)) return;
    Add(Kind::kLog, number, name + " is missing; " + Bytes(bytes) + " were stored in it");
  }

  void CheckTables() {
    if (!check_.manifest) return;
    for (const auto& [id, family] : check_.manifest->families) {
      for (const auto& [number, file] : family.files) {
        const std::string name = TableName(number);
        std::error_code error;
        const uint64_t found = fs::file_size(PathOf(directory_, name), error);
        if (error) {
          Add(Kind::kTable, number, name + " of " + family.name + ": " + error.message(),
              family.name);
        } else if (found != file.bytes) {
          Add(Kind::kTable, number,
              name + " of " + family.name + ": " + Bytes(found) + ", " + Bytes(file.bytes) +
                  " were stored",
              family.name);
        }
      }
    }
  }

  const std::string& directory_;
  const std::map<std::string, uint64_t> synced_;
  FileCheck check_;
  uint64_t torn_number_ = 0;
};

}  // namespace

Status FileCheck::status(const std::string& directory) const {
  if (damages.empty()) return Status::Ok();
  const std::string more =
      damages.size() == 1 ? "" : " (and " + std::to_string(damages.size() - 1) + " more)";
  return Status::DataLoss("open store " + directory + ": damaged: " + damages.front().what + more +
                          "; nothing was changed; restore a copy, or see what 'rollcall repair "
                          "--data-dir " +
                          directory + " --dry-run' can save");
}

Result<FileCheck> CheckFiles(const std::string& directory) { return Checker(directory).Run(); }

}  // namespace rollcall::storage
