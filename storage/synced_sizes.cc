#include "storage/synced_sizes.h"

#include <fcntl.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <atomic>
#include <fstream>
#include <iterator>
#include <mutex>
#include <string_view>

#include "base/hash.h"
#include "base/mutex.h"
#include "storage/coding.h"
#include "storage/store_files.h"

namespace rollcall::storage {
namespace {

// A row: the file's name, padded with zeros; bytes; a hash of both.
constexpr size_t kNameBytes = 24;
constexpr size_t kRowBytes = kNameBytes + 8 + 8;
// A store has one or two logs at a time, and dozens where it writes to many tables by turns.
constexpr size_t kRows = 128;

bool IsCounted(std::string_view name) {
  return name.size() < kNameBytes && (name.ends_with(".log") || name.starts_with("MANIFEST-"));
}

uint64_t Check(std::string_view row) { return HashBytes(row.substr(0, kRowBytes - 8), 0).low; }

std::string EncodeRow(const std::string& name, uint64_t bytes) {
  std::string row = name;
  row.resize(kNameBytes, '\0');
  PutBigEndian64(bytes, row);
  PutBigEndian64(HashBytes(row, 0).low, row);
  return row;
}

struct Row {
  std::string name;  // empty: there is no row
  uint64_t bytes = 0;
};

std::array<Row, kRows> ReadRows(const std::string& directory) {
  std::ifstream file(PathOf(directory, kSyncedName), std::ios::binary);
  const std::string text(std::istreambuf_iterator<char>(file), {});
  std::array<Row, kRows> rows;
  for (size_t i = 0; i < kRows && (i + 1) * kRowBytes <= text.size(); ++i) {
    const std::string_view row = std::string_view(text).substr(i * kRowBytes, kRowBytes);
    Reader numbers(row.substr(kNameBytes));
    const uint64_t bytes = numbers.BigEndian64();
    if (numbers.BigEndian64() == Check(row)) {
      rows[i] = {std::string(row.substr(0, row.find('\0'))), bytes};
    }
  }
  return rows;
}

class Rows {
 public:
  explicit Rows(const std::string& directory)
      : fd_(::open(PathOf(directory, kSyncedName).c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0644)) {
    const std::array<Row, kRows> rows = ReadRows(directory);
    for (size_t i = 0; i < kRows; ++i) names_[i] = rows[i].name;
  }
  ~Rows() {
    if (fd_ >= 0) ::close(fd_);
  }
  Rows(const Rows&) = delete;
  Rows& operator=(const Rows&) = delete;

  // The row of a file; where there is none yet, one that is free, or else any.
  size_t RowOf(const std::string& name) {
    const MutexLock lock(mutex_);
    const auto place = [this](const std::string& of) REQUIRES(mutex_) {
      return static_cast<size_t>(std::find(names_.begin(), names_.end(), of) - names_.begin());
    };
    size_t row = place(name);
    if (row == kRows) row = place("");
    if (row == kRows) row = next_++ % kRows;
    names_[row] = name;
    return row;
  }

  // RocksDB is about to delete a file that it needs no more. Where the row cannot be taken out
  // before, the file would be missed after a power failure.
  bool Forget(const std::string& name) {
    if (fd_ < 0) return true;
    const std::string none(kRowBytes, '\0');
    const MutexLock lock(mutex_);
    bool was_there = false;
    for (size_t i = 0; i < kRows; ++i) {
      if (names_[i] != name) continue;
      const ssize_t written =
          ::pwrite(fd_, none.data(), none.size(), static_cast<off_t>(i * kRowBytes));
      if (written != static_cast<ssize_t>(none.size())) return false;
      names_[i].clear();
      was_there = true;
    }
    return !was_there || ::fdatasync(fd_) == 0;
  }

  // A row that cannot be written stays behind, which is allowed.
  void Set(size_t row, const std::string& name, uint64_t bytes) {
    if (fd_ < 0) return;
    const std::string text = EncodeRow(name, bytes);
    [[maybe_unused]] const ssize_t written =
        ::pwrite(fd_, text.data(), text.size(), static_cast<off_t>(row * kRowBytes));
  }

 private:
  const int fd_;
  Mutex mutex_;
  std::array<std::string, kRows> names_ GUARDED_BY(mutex_);
  size_t next_ GUARDED_BY(mutex_) = 0;
};

// A log or a manifest.
class CountedFile final : public rocksdb::FSWritableFileOwnerWrapper {
 public:
  CountedFile(std::unique_ptr<rocksdb::FSWritableFile> target, std::shared_ptr<Rows> rows,
              std::string name)
      : rocksdb::FSWritableFileOwnerWrapper(std::move(target)),
        rows_(std::move(rows)),
        name_(std::move(name)),
        row_(rows_->RowOf(name_)) {}

  rocksdb::IOStatus Append(const rocksdb::Slice& data, const rocksdb::IOOptions& options,
                           rocksdb::IODebugContext* context) override {
    const uint64_t end = written_ + data.size();
    return Wrote(end, FSWritableFileOwnerWrapper::Append(data, options, context));
  }
  rocksdb::IOStatus Append(const rocksdb::Slice& data, const rocksdb::IOOptions& options,
                           const rocksdb::DataVerificationInfo& verification,
                           rocksdb::IODebugContext* context) override {
    const uint64_t end = written_ + data.size();
    return Wrote(end, FSWritableFileOwnerWrapper::Append(data, options, verification, context));
  }
  rocksdb::IOStatus PositionedAppend(const rocksdb::Slice& data, uint64_t offset,
                                     const rocksdb::IOOptions& options,
                                     rocksdb::IODebugContext* context) override {
    const uint64_t end = offset + data.size();
    return Wrote(end, FSWritableFileOwnerWrapper::PositionedAppend(data, offset, options, context));
  }
  rocksdb::IOStatus Sync(const rocksdb::IOOptions& options,
                         rocksdb::IODebugContext* context) override {
    const uint64_t written = written_;
    return Synced(written, FSWritableFileOwnerWrapper::Sync(options, context));
  }
  rocksdb::IOStatus Fsync(const rocksdb::IOOptions& options,
                          rocksdb::IODebugContext* context) override {
    const uint64_t written = written_;
    return Synced(written, FSWritableFileOwnerWrapper::Fsync(options, context));
  }

 private:
  rocksdb::IOStatus Wrote(uint64_t end, rocksdb::IOStatus s) {
    if (s.ok()) written_ = end;
    return s;
  }
  rocksdb::IOStatus Synced(uint64_t bytes, rocksdb::IOStatus s) {
    if (s.ok()) rows_->Set(row_, name_, bytes);
    return s;
  }

  const std::shared_ptr<Rows> rows_;
  const std::string name_;
  const size_t row_;
  std::atomic<uint64_t> written_{0};
};

class CountingFileSystem final : public rocksdb::FileSystemWrapper {
 public:
  CountingFileSystem(const std::shared_ptr<rocksdb::FileSystem>& disk, std::string directory)
      : rocksdb::FileSystemWrapper(disk), directory_(std::move(directory)) {}

  const char* Name() const override { return "rollcall.synced_sizes"; }

  rocksdb::IOStatus NewWritableFile(const std::string& path, const rocksdb::FileOptions& options,
                                    std::unique_ptr<rocksdb::FSWritableFile>* file,
                                    rocksdb::IODebugContext* context) override {
    rocksdb::IOStatus s = FileSystemWrapper::NewWritableFile(path, options, file, context);
    const std::string name = path.substr(path.rfind('/') + 1);
    if (s.ok() && IsCounted(name)) {
      *file = std::make_unique<CountedFile>(std::move(*file), rows(), name);
    }
    return s;
  }

  rocksdb::IOStatus DeleteFile(const std::string& path, const rocksdb::IOOptions& options,
                               rocksdb::IODebugContext* context) override {
    const std::string name = path.substr(path.rfind('/') + 1);
    if (IsCounted(name) && !rows()->Forget(name)) {
      return rocksdb::IOStatus::IOError("take out the row of " + name + " in SYNCED");
    }
    return FileSystemWrapper::DeleteFile(path, options, context);
  }

 private:
  // Nothing is touched before RocksDB has its lock, and writes or deletes its first file.
  const std::shared_ptr<Rows>& rows() {
    std::call_once(begun_, [this] { rows_ = std::make_shared<Rows>(directory_); });
    return rows_;
  }

  const std::string directory_;
  std::once_flag begun_;
  std::shared_ptr<Rows> rows_;
};

}  // namespace

std::map<std::string, uint64_t> ReadSyncedSizes(const std::string& directory) {
  std::map<std::string, uint64_t> sizes;
  for (const auto& [name, bytes] : ReadRows(directory)) {
    if (!name.empty()) sizes[name] = std::max(sizes[name], bytes);
  }
  return sizes;
}

std::shared_ptr<rocksdb::FileSystem> NewSyncedSizesFileSystem(
    const std::shared_ptr<rocksdb::FileSystem>& disk, const std::string& directory) {
  return std::make_shared<CountingFileSystem>(disk, directory);
}

}  // namespace rollcall::storage
