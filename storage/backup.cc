#include "storage/backup.h"

#include <algorithm>
#include <cstdarg>
#include <cstdio>
#include <cstring>
#include <filesystem>
#include <map>
#include <memory>
#include <thread>
#include <utility>

#include <rocksdb/db.h>
#include <rocksdb/utilities/backup_engine.h>

#include "base/pause.h"
#include "storage/directory_lock.h"
#include "storage/rocks_status.h"
#include "storage/store_files.h"
#include "storage/store_impl.h"

namespace rollcall::storage {
namespace {

namespace fs = std::filesystem;

constexpr std::string_view kLockName = "LOCK";
// The engine's folders in a directory of backups.
constexpr std::string_view kMetaName = "meta";
constexpr std::string_view kTablesName = "shared_checksum";
// How often RocksDB calls back.
constexpr uint64_t kProgressBytes = 256 * 1024;

std::string BackupStep(const std::string& directory) { return "backup " + directory; }

// Keeps what the engine says of backups that it does not take: it tells no reasons otherwise.
class Complaints final : public rocksdb::Logger {
 public:
  Complaints() : rocksdb::Logger(rocksdb::InfoLogLevel::INFO_LEVEL) {}

  using rocksdb::Logger::Logv;
  void Logv(const char* format, va_list args) override {
    char line[1024];
    std::vsnprintf(line, sizeof line, format, args);
    // Behind the place in RocksDB's sources that says it.
    const char* const text = std::strstr(line, "Backup ");
    unsigned id = 0;
    int end = 0;
    if (text != nullptr && std::sscanf(text, "Backup %u corrupted -- %n", &id, &end) == 1 &&
        end > 0) {
      of_[id] = text + end;
    }
  }
  std::string Of(uint32_t id) const {
    const auto at = of_.find(id);
    return at == of_.end() ? "its files do not match" : at->second;
  }

 private:
  std::map<uint32_t, std::string> of_;
};

rocksdb::BackupEngineOptions EngineOptions(const std::string& directory, size_t bytes_per_second,
                                           Complaints& complaints) {
  rocksdb::BackupEngineOptions options(directory);
  options.info_log = &complaints;
  options.backup_rate_limit = bytes_per_second;
  options.restore_rate_limit = bytes_per_second;
  options.callback_trigger_interval_size = kProgressBytes;
  return options;
}

// What is not a failure of the files is one of the disk.
Status Failure(const std::string& step, const rocksdb::Status& s) {
  if (s.IsIncomplete()) return Status::Unavailable(step + ": stopped");
  return FromRocks(step, s);
}

Backup Describe(const rocksdb::BackupInfo& info) {
  Backup backup;
  backup.id = info.backup_id;
  backup.time = UnixSeconds(std::chrono::seconds(info.timestamp));
  backup.bytes = info.size;
  backup.files = info.number_files;
  backup.made_by = info.app_metadata;
  return backup;
}

template <typename Engine>
std::vector<Backup> ListOf(const Engine& engine, const Complaints& complaints) {
  std::vector<rocksdb::BackupInfo> infos;
  engine.GetBackupInfo(&infos);
  std::vector<Backup> backups;
  backups.reserve(infos.size());
  for (const rocksdb::BackupInfo& info : infos) backups.push_back(Describe(info));
  std::vector<rocksdb::BackupID> corrupted;
  engine.GetCorruptedBackups(&corrupted);
  for (const rocksdb::BackupID id : corrupted) {
    Backup& backup = backups.emplace_back();
    backup.id = id;
    backup.damage = complaints.Of(id);
  }
  std::sort(backups.begin(), backups.end(),
            [](const Backup& a, const Backup& b) { return a.id < b.id; });
  return backups;
}

bool IsEmpty(const std::string& directory) {
  std::error_code error;
  for (const auto& entry : fs::directory_iterator(directory, error)) {
    const std::string name = entry.path().filename();
    if (name != kLockName && name != "lost+found") return false;
  }
  return true;
}

// An engine that may change a directory, and the lock that goes with it. One thread.
class Writer {
 public:
  static Result<std::unique_ptr<Writer>> Open(const std::string& directory,
                                              size_t bytes_per_second) {
    std::error_code error;
    if (!fs::exists(PathOf(directory, kMetaName), error) && !IsEmpty(directory)) {
      return Status::FailedPrecondition(BackupStep(directory) +
                                        ": it holds something else than backups");
    }
    fs::create_directories(directory, error);
    if (error) return Status::Unavailable("create " + directory + ": " + error.message());
    std::unique_ptr<Writer> writer(new Writer());
    auto lock = WholeLock::Take(directory);
    if (!lock.ok()) return lock.status().WithContext(BackupStep(directory));
    writer->lock_ = std::move(lock).value();
    rocksdb::BackupEngine* engine = nullptr;
    const rocksdb::Status s =
        rocksdb::BackupEngine::Open(EngineOptions(directory, bytes_per_second, writer->complaints_),
                                    rocksdb::Env::Default(), &engine);
    writer->engine_.reset(engine);
    if (!s.ok()) return FromRocks(BackupStep(directory), s);
    return writer;
  }

  rocksdb::BackupEngine& engine() { return *engine_; }
  std::vector<Backup> List() const { return ListOf(*engine_, complaints_); }

 private:
  Writer() = default;

  std::unique_ptr<WholeLock> lock_;
  Complaints complaints_;
  std::unique_ptr<rocksdb::BackupEngine> engine_;
};

// An engine that only reads one. One thread.
class Viewer {
 public:
  static Result<std::unique_ptr<Viewer>> Open(const std::string& directory,
                                              size_t bytes_per_second = 0) {
    std::error_code error;
    if (!fs::exists(PathOf(directory, kMetaName), error)) {
      return Status::FailedPrecondition(BackupStep(directory) + ": there are no backups");
    }
    std::unique_ptr<Viewer> viewer(new Viewer());
    rocksdb::BackupEngineReadOnly* engine = nullptr;
    const rocksdb::Status s = rocksdb::BackupEngineReadOnly::Open(
        EngineOptions(directory, bytes_per_second, viewer->complaints_), rocksdb::Env::Default(),
        &engine);
    viewer->engine_.reset(engine);
    if (!s.ok()) return FromRocks(BackupStep(directory), s);
    return viewer;
  }

  const rocksdb::BackupEngineReadOnly& engine() const { return *engine_; }
  std::vector<Backup> List() const { return ListOf(*engine_, complaints_); }

 private:
  Viewer() = default;

  Complaints complaints_;
  std::unique_ptr<rocksdb::BackupEngineReadOnly> engine_;
};

// About how many bytes of a store the directory does not have yet. The name of a shared table is
// that of the store's, what tells stores apart, and its size.
uint64_t BytesToCopy(rocksdb::DB& db, const std::string& directory) {
  std::map<std::string, uint64_t> shared;  // by the number at the begin of the name
  std::error_code error;
  for (const auto& entry : fs::directory_iterator(PathOf(directory, kTablesName), error)) {
    const std::string name = entry.path().filename();
    shared[name.substr(0, name.find('_'))] = entry.file_size(error);
  }
  std::vector<rocksdb::LiveFileMetaData> files;
  db.GetLiveFilesMetaData(&files);
  uint64_t bytes = 0;
  for (const rocksdb::LiveFileMetaData& file : files) {
    const std::string stem = fs::path(file.relative_filename).stem();
    const auto at = shared.find(stem);
    if (at == shared.end() || at->second != file.size) bytes += file.size;
  }
  rocksdb::VectorLogPtr logs;
  if (db.GetSortedWalFiles(logs).ok()) {
    for (const auto& log : logs) bytes += log->SizeFileBytes();
  }
  return bytes;
}

// The format that a backup's store has; 0: it is not told.
uint64_t FormatOf(const Backup& backup) {
  unsigned format = 0;
  return std::sscanf(backup.made_by.c_str(), "format %u,", &format) == 1 ? format : 0;
}

Status RemoveAllBut(const std::string& directory, std::string_view kept) {
  std::error_code error;
  for (const auto& entry : fs::directory_iterator(directory, error)) {
    const std::string name = entry.path().filename();
    if (name == kLockName || name == "lost+found" || name == kept) continue;
    fs::remove_all(entry.path(), error);
    if (error) return Status::Unavailable("remove " + name + ": " + error.message());
  }
  return Status::Ok();
}

// From the folder of the restore into the directory around it. CURRENT comes last: without it there
// is no store.
Status MoveUp(const std::string& folder, const std::string& directory) {
  std::vector<std::string> names;
  std::error_code error;
  for (const auto& entry : fs::directory_iterator(folder, error)) {
    const std::string name = entry.path().filename();
    if (name != kCurrentName) names.push_back(name);
  }
  names.emplace_back(kCurrentName);
  for (const std::string& name : names) {
    if (name == kCurrentName) ROLLCALL_RETURN_IF_ERROR(SyncDirectory(directory));
    fs::rename(PathOf(folder, name), PathOf(directory, name), error);
    if (error) return Status::Unavailable("move " + name + ": " + error.message());
  }
  ROLLCALL_RETURN_IF_ERROR(SyncDirectory(directory));
  fs::remove(folder, error);
  if (error) return Status::Unavailable("remove " + folder + ": " + error.message());
  return SyncDirectory(directory);
}

Result<Backup> Choose(const std::string& directory, const std::vector<Backup>& backups,
                      uint32_t id) {
  const auto found = std::find_if(backups.rbegin(), backups.rend(), [&](const Backup& backup) {
    return id == 0 ? backup.damage.empty() : backup.id == id;
  });
  if (found == backups.rend()) {
    return Status::NotFound(BackupStep(directory) + ": there is " +
                            (id == 0 ? "none that is whole" : "no backup " + std::to_string(id)));
  }
  const std::string name = "backup " + std::to_string(found->id);
  if (!found->damage.empty()) return Status::DataLoss(name + ": " + found->damage);
  if (FormatOf(*found) > kFormatVersion) {
    return Status::FailedPrecondition(
        name + ": made by " + found->made_by + "; this program reads format " +
        std::to_string(kOldestFormatVersion) + " to " + std::to_string(kFormatVersion) +
        ": restore it with that version or a later one, or choose an older backup");
  }
  return *found;
}

// RocksDB calls nobody back while it restores: what there is in the folder says how far it is.
class Watch {
 public:
  Watch(std::string folder, uint64_t all, const BackupProgress& progress)
      : thread_([folder = std::move(folder), all, &progress](std::stop_token stop) {
          while (!stop.stop_requested()) {
            uint64_t done = 0;
            std::error_code error;
            for (const auto& entry : fs::directory_iterator(folder, error)) {
              const uint64_t size = entry.file_size(error);
              if (!error) done += size;
            }
            progress(std::min(done, all), all);
            PauseFor(kInterval, stop);
          }
        }) {}

 private:
  static constexpr std::chrono::milliseconds kInterval{200};

  std::jthread thread_;
};

}  // namespace

Result<Backup> MakeBackup(Store& store, const BackupOptions& options,
                          const BackupProgress& progress, std::stop_token stop) {
  const std::string& directory = options.directory;
  std::error_code error;
  if (fs::exists(PathOf(directory, kCurrentName), error)) {
    return Status::FailedPrecondition(BackupStep(directory) + ": a store is there");
  }
  auto writer = Writer::Open(directory, options.bytes_per_second);
  if (!writer.ok()) return writer.status();
  rocksdb::BackupEngine& engine = (*writer)->engine();
  rocksdb::DB& db = *ImplOf(store).db;

  const uint64_t all = BytesToCopy(db, directory);
  uint64_t done = 0;
  rocksdb::CreateBackupOptions create;
  create.decrease_background_thread_cpu_priority = true;
  create.background_thread_cpu_priority = rocksdb::CpuPriority::kLow;
  create.progress_callback = [&] {
    done = std::min(done + kProgressBytes, all);
    progress(done, all);
  };
  progress(0, all);
  rocksdb::BackupID id = 0;
  rocksdb::Status s;
  {
    const std::stop_callback on_stop(stop, [&engine] { engine.StopBackup(); });
    s = engine.CreateNewBackupWithMetadata(
        create, &db, "format " + std::to_string(kFormatVersion) + ", rollcall " ROLLCALL_VERSION,
        &id);
  }
  if (!s.ok()) {
    // Room that is given back may be what the disk lacks.
    engine.GarbageCollect().PermitUncheckedError();
    return Failure(BackupStep(directory), s);
  }
  progress(all, all);
  if (options.keep > 0) {
    s = engine.PurgeOldBackups(options.keep);
    if (!s.ok()) return Failure("delete old backups of " + directory, s);
  }
  rocksdb::BackupInfo info;
  s = engine.GetBackupInfo(id, &info);
  if (!s.ok()) return Failure(BackupStep(directory), s);
  return Describe(info);
}

Result<std::vector<Backup>> ListBackups(const std::string& directory) {
  const auto viewer = Viewer::Open(directory);
  if (!viewer.ok()) return viewer.status();
  return (*viewer)->List();
}

Result<std::vector<Backup>> VerifyBackups(const std::string& directory, uint32_t id,
                                          const BackupProgress& progress) {
  const auto viewer = Viewer::Open(directory);
  if (!viewer.ok()) return viewer.status();
  std::vector<Backup> backups = (*viewer)->List();
  if (id != 0) std::erase_if(backups, [&](const Backup& backup) { return backup.id != id; });
  if (id != 0 && backups.empty()) {
    return Status::NotFound(BackupStep(directory) + ": there is no backup " + std::to_string(id));
  }
  uint64_t all = 0;
  for (const Backup& backup : backups) all += backup.bytes;
  uint64_t done = 0;
  for (Backup& backup : backups) {
    progress(done, all);
    if (backup.damage.empty()) {
      const rocksdb::Status s = (*viewer)->engine().VerifyBackup(backup.id, true);
      if (!s.ok()) backup.damage = s.ToString();
    }
    done += backup.bytes;
  }
  progress(all, all);
  return backups;
}

Result<std::vector<Backup>> PruneBackups(const std::string& directory, uint32_t keep) {
  std::error_code error;
  if (!fs::exists(PathOf(directory, kMetaName), error)) {
    return Status::FailedPrecondition(BackupStep(directory) + ": there are no backups");
  }
  auto writer = Writer::Open(directory, 0);
  if (!writer.ok()) return writer.status();
  const rocksdb::Status s = (*writer)->engine().PurgeOldBackups(std::max(keep, uint32_t{1}));
  if (!s.ok()) return Failure("delete old backups of " + directory, s);
  (*writer)->engine().GarbageCollect().PermitUncheckedError();
  return (*writer)->List();
}

Result<Backup> RestoreBackup(const std::string& directory, uint32_t id,
                             const std::string& store_directory, size_t bytes_per_second,
                             const BackupProgress& progress) {
  auto viewer = Viewer::Open(directory, bytes_per_second);
  if (!viewer.ok()) return viewer.status();
  const Result<Backup> backup = Choose(directory, (*viewer)->List(), id);
  if (!backup.ok()) return backup.status();

  const std::string step = "restore into " + store_directory;
  const std::string folder = PathOf(store_directory, kRestoringName);
  std::error_code error;
  if (!fs::exists(folder, error) && !IsEmpty(store_directory)) {
    return Status::FailedPrecondition(step + ": it is not empty");
  }
  fs::create_directories(folder, error);
  if (error) return Status::Unavailable(step + ": " + error.message());
  const auto lock = WholeLock::Take(store_directory);
  if (!lock.ok()) return lock.status().WithContext(step);
  ROLLCALL_RETURN_IF_ERROR(SyncDirectory(store_directory).WithContext(step));
  ROLLCALL_RETURN_IF_ERROR(RemoveAllBut(store_directory, kRestoringName).WithContext(step));
  ROLLCALL_RETURN_IF_ERROR(RemoveAllBut(folder, "").WithContext(step));

  Status status;
  {
    const Watch watch(folder, backup->bytes, progress);
    const rocksdb::Status s = (*viewer)->engine().RestoreDBFromBackup(backup->id, folder, folder);
    if (!s.ok()) status = Failure(step, s);
  }
  // Its threads may go on after a failure.
  viewer->reset();
  if (status.ok()) status = MoveUp(folder, store_directory).WithContext(step);
  if (!status.ok()) {
    // CURRENT last of all: while the mark is there nothing else matters.
    if (RemoveAllBut(store_directory, kRestoringName).ok()) fs::remove_all(folder, error);
    return status;
  }
  progress(backup->bytes, backup->bytes);
  return backup;
}

}  // namespace rollcall::storage
