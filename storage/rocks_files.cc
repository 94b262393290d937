#include "storage/rocks_files.h"

#include <thread>

#include "storage/log_file.h"

namespace rollcall::storage {
namespace {

using rocksdb::IOStatus;

constexpr std::chrono::milliseconds kRetryInterval{100};

const rocksdb::IOOptions kNoIoOptions;

// RocksDB holds a failure of a file for one that Resume can recover from only where it is told so.
IOStatus Recoverable(IOStatus s) {
  if (!s.ok() && s.IsIOError()) {
    s.SetRetryable(true);
    s.SetScope(IOStatus::IOErrorScope::kIOErrorScopeFile);
  }
  return s;
}

// Tables, manifests and what else is written from its begin to its end, and not by a commit.
class BackgroundFile final : public rocksdb::FSWritableFileOwnerWrapper {
 public:
  BackgroundFile(RocksFiles& files, std::unique_ptr<rocksdb::FSWritableFile> file)
      : rocksdb::FSWritableFileOwnerWrapper(std::move(file)), files_(files) {}

  IOStatus Append(const rocksdb::Slice& data, const rocksdb::IOOptions& options,
                  rocksdb::IODebugContext* debug) override {
    // At its place, for a write that failed may have left a part of itself.
    IOStatus s =
        files_.Persist([&] { return target()->PositionedAppend(data, written_, options, debug); });
    if (s.ok()) written_ += data.size();
    return Recoverable(s);
  }
  IOStatus Append(const rocksdb::Slice& data, const rocksdb::IOOptions& options,
                  const rocksdb::DataVerificationInfo&, rocksdb::IODebugContext* debug) override {
    return Append(data, options, debug);
  }
  IOStatus Sync(const rocksdb::IOOptions& options, rocksdb::IODebugContext* debug) override {
    return Recoverable(target()->Sync(options, debug));
  }
  IOStatus Fsync(const rocksdb::IOOptions& options, rocksdb::IODebugContext* debug) override {
    return Recoverable(target()->Fsync(options, debug));
  }
  IOStatus Close(const rocksdb::IOOptions& options, rocksdb::IODebugContext* debug) override {
    return Recoverable(target()->Close(options, debug));
  }

 private:
  RocksFiles& files_;
  uint64_t written_ = 0;
};

class ReadFile final : public rocksdb::FSRandomAccessFileOwnerWrapper {
 public:
  using rocksdb::FSRandomAccessFileOwnerWrapper::FSRandomAccessFileOwnerWrapper;

  IOStatus Read(uint64_t offset, size_t n, const rocksdb::IOOptions& options,
                rocksdb::Slice* result, char* scratch,
                rocksdb::IODebugContext* debug) const override {
    return Recoverable(target()->Read(offset, n, options, result, scratch, debug));
  }
  IOStatus Prefetch(uint64_t offset, size_t n, const rocksdb::IOOptions& options,
                    rocksdb::IODebugContext* debug) override {
    return Recoverable(target()->Prefetch(offset, n, options, debug));
  }
};

class SyncedDirectory final : public rocksdb::FSDirectoryWrapper {
 public:
  using rocksdb::FSDirectoryWrapper::FSDirectoryWrapper;

  IOStatus Fsync(const rocksdb::IOOptions& options, rocksdb::IODebugContext* debug) override {
    return Recoverable(rocksdb::FSDirectoryWrapper::Fsync(options, debug));
  }
  IOStatus FsyncWithDirOptions(const rocksdb::IOOptions& options, rocksdb::IODebugContext* debug,
                               const rocksdb::DirFsyncOptions& what) override {
    return Recoverable(rocksdb::FSDirectoryWrapper::FsyncWithDirOptions(options, debug, what));
  }
};

}  // namespace

RocksFiles::RocksFiles(const std::shared_ptr<rocksdb::FileSystem>& disk, std::string directory,
                       FreeSpace& space)
    : rocksdb::FileSystemWrapper(disk), directory_(std::move(directory)), space_(space) {}

IOStatus RocksFiles::NewWritableFile(const std::string& name, const rocksdb::FileOptions& options,
                                     std::unique_ptr<rocksdb::FSWritableFile>* file,
                                     rocksdb::IODebugContext* debug) {
  if (name.ends_with(".log")) return NewLog(name, options, file, debug);
  if (name.ends_with(".sst")) AwaitRoom();
  std::unique_ptr<rocksdb::FSWritableFile> made;
  IOStatus s = Persist([&] { return target()->NewWritableFile(name, options, &made, debug); });
  if (s.ok()) *file = std::make_unique<BackgroundFile>(*this, std::move(made));
  return Recoverable(s);
}

IOStatus RocksFiles::NewLog(const std::string& name, const rocksdb::FileOptions& options,
                            std::unique_ptr<rocksdb::FSWritableFile>* file,
                            rocksdb::IODebugContext* debug) {
  std::unique_ptr<rocksdb::FSWritableFile> made;
  IOStatus s = target()->NewWritableFile(name, options, &made, debug);
  if (!s.ok() && !patient_.load(std::memory_order_relaxed)) return s;
  if (!s.ok()) unwritten_ = true;
  *file = std::make_unique<LogFile>(*this, name, options, std::move(made));
  return IOStatus::OK();
}

IOStatus RocksFiles::NewRandomAccessFile(const std::string& name,
                                         const rocksdb::FileOptions& options,
                                         std::unique_ptr<rocksdb::FSRandomAccessFile>* file,
                                         rocksdb::IODebugContext* debug) {
  std::unique_ptr<rocksdb::FSRandomAccessFile> opened;
  IOStatus s = target()->NewRandomAccessFile(name, options, &opened, debug);
  if (s.ok()) *file = std::make_unique<ReadFile>(std::move(opened));
  return Recoverable(s);
}

IOStatus RocksFiles::NewDirectory(const std::string& name, const rocksdb::IOOptions& options,
                                  std::unique_ptr<rocksdb::FSDirectory>* directory,
                                  rocksdb::IODebugContext* debug) {
  std::unique_ptr<rocksdb::FSDirectory> opened;
  IOStatus s = target()->NewDirectory(name, options, &opened, debug);
  if (s.ok()) *directory = std::make_unique<SyncedDirectory>(std::move(opened));
  return Recoverable(s);
}

IOStatus RocksFiles::RenameFile(const std::string& from, const std::string& to,
                                const rocksdb::IOOptions& options, rocksdb::IODebugContext* debug) {
  return Recoverable(target()->RenameFile(from, to, options, debug));
}

IOStatus RocksFiles::SyncLogs() {
  const MutexLock lock(logs_mutex_);
  for (LogFile* log : logs_) {
    IOStatus s = log->TrySync();
    if (!s.ok()) return s;
  }
  if (new_names_) {
    std::unique_ptr<rocksdb::FSDirectory> directory;
    IOStatus s = target()->NewDirectory(directory_, kNoIoOptions, &directory, nullptr);
    if (s.ok()) s = directory->Fsync(kNoIoOptions, nullptr);
    if (!s.ok()) {
      unwritten_ = true;
      return s;
    }
    new_names_ = false;
  }
  unwritten_ = false;
  return IOStatus::OK();
}

std::optional<RocksFiles::Wait> RocksFiles::waiting() const {
  const MutexLock lock(wait_mutex_);
  return waiters_ > 0 && !wait_.cause.empty() ? std::optional(wait_) : std::nullopt;
}

std::string RocksFiles::Text(const rocksdb::Status& status) const {
  std::string text = status.ToString();
  const std::string prefix = directory_ + "/";
  for (size_t at = text.find(prefix); at != std::string::npos; at = text.find(prefix, at)) {
    text.erase(at, prefix.size());
  }
  return text;
}

void RocksFiles::AwaitRoom() {
  if (!patient_.load(std::memory_order_relaxed)) return;
  const auto room = [this] {
    return has_floor_.load(std::memory_order_relaxed) ? space_.CheckHalf(0) : Status::Ok();
  };
  Status status = room();
  if (status.ok()) return;
  BeginWait();
  for (; !status.ok(); status = room()) WaitOnce(status.message(), true);
  EndWait();
}

void RocksFiles::BeginWait() {
  const MutexLock lock(wait_mutex_);
  if (++waiters_ == 1) wait_ = {std::chrono::steady_clock::now(), false, {}};
}

void RocksFiles::WaitOnce(std::string cause, bool for_room) {
  {
    const MutexLock lock(wait_mutex_);
    // Only a failure that lasts is one that nobody is about to mend.
    if (wait_.for_room && !for_room) wait_.since = std::chrono::steady_clock::now();
    wait_.for_room = for_room;
    wait_.cause = std::move(cause);
  }
  std::this_thread::sleep_for(kRetryInterval);
}

void RocksFiles::EndWait() {
  const MutexLock lock(wait_mutex_);
  --waiters_;
}

}  // namespace rollcall::storage
