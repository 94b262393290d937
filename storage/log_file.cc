#include "storage/log_file.h"

#include "storage/rocks_files.h"

namespace rollcall::storage {
namespace {

using rocksdb::IOStatus;

// A buffer that grew beyond it is given back.
constexpr size_t kMaxIdleBytes = 1024 * 1024;

const rocksdb::IOOptions kNoOptions;

}  // namespace

LogFile::LogFile(RocksFiles& files, std::string name, const rocksdb::FileOptions& options,
                 std::unique_ptr<rocksdb::FSWritableFile> file)
    : files_(files), name_(std::move(name)), options_(options), file_(std::move(file)) {
  const MutexLock lock(files_.logs_mutex_);
  files_.logs_.push_back(this);
  files_.new_names_ = true;
}

LogFile::~LogFile() {
  const MutexLock lock(files_.logs_mutex_);
  std::erase(files_.logs_, this);
  files_.unsynced_bytes_ -= unsynced_.size();
}

IOStatus LogFile::Append(const rocksdb::Slice& data, const rocksdb::IOOptions&,
                         rocksdb::IODebugContext*) {
  const MutexLock lock(mutex_);
  unsynced_.append(data.data(), data.size());
  files_.unsynced_bytes_ += data.size();
  if (!WriteOut().ok()) files_.unwritten_ = true;
  return IOStatus::OK();
}

IOStatus LogFile::WriteOut() {
  if (!file_) {
    IOStatus s = files_.target()->NewWritableFile(name_, options_, &file_, nullptr);
    if (!s.ok()) return s;
    if (preallocation_bytes_ > 0) file_->SetPreallocationBlockSize(preallocation_bytes_);
  }
  if (written_ == unsynced_.size()) return IOStatus::OK();
  // At its place, for a write that failed may have left a part of itself.
  const rocksdb::Slice rest(unsynced_.data() + written_, unsynced_.size() - written_);
  IOStatus s = file_->PositionedAppend(rest, synced_size_ + written_, kNoOptions, nullptr);
  if (s.ok()) written_ = unsynced_.size();
  return s;
}

IOStatus LogFile::TrySync() {
  const MutexLock lock(mutex_);
  if (file_ && unsynced_.empty()) return IOStatus::OK();
  IOStatus s = WriteOut();
  if (s.ok()) {
    s = file_->Sync(kNoOptions, nullptr);
    if (!s.ok()) written_ = 0;
  }
  if (!s.ok()) {
    files_.unwritten_ = true;
    return s;
  }
  synced_size_ += unsynced_.size();
  files_.unsynced_bytes_ -= unsynced_.size();
  written_ = 0;
  unsynced_.clear();
  if (unsynced_.capacity() > kMaxIdleBytes) unsynced_.shrink_to_fit();
  return s;
}

IOStatus LogFile::Sync(const rocksdb::IOOptions&, rocksdb::IODebugContext*) {
  return files_.Persist([this] { return TrySync(); });
}

IOStatus LogFile::Close(const rocksdb::IOOptions& options, rocksdb::IODebugContext* debug) {
  const MutexLock lock(mutex_);
  return file_ ? file_->Close(options, debug) : IOStatus::OK();
}

uint64_t LogFile::GetFileSize(const rocksdb::IOOptions&, rocksdb::IODebugContext*) {
  const MutexLock lock(mutex_);
  return synced_size_ + unsynced_.size();
}

void LogFile::SetPreallocationBlockSize(size_t bytes) {
  const MutexLock lock(mutex_);
  preallocation_bytes_ = bytes;
  if (file_) file_->SetPreallocationBlockSize(bytes);
}

void LogFile::PrepareWrite(size_t offset, size_t bytes, const rocksdb::IOOptions& options,
                           rocksdb::IODebugContext* debug) {
  const MutexLock lock(mutex_);
  if (file_) file_->PrepareWrite(offset, bytes, options, debug);
}

}  // namespace rollcall::storage
