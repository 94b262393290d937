// A RocksDB file system whose operations fail, or hang, for as long as a test wants. A write that
// fails has written half of its bytes. Shared by the test and the store. Thread-safe.
#pragma once

#include <rocksdb/file_system.h>

#include <atomic>
#include <condition_variable>
#include <memory>
#include <mutex>
#include <string>
#include <utility>

namespace rollcall::test {

class FaultyDisk final : public rocksdb::FileSystemWrapper {
 public:
  enum class Operation { kCreate, kAppend, kSync, kOpen, kRead, kSyncDirectory };
  struct Fault {
    Operation operation;
    std::string in_name;  // only files whose name contains this
    rocksdb::IOStatus status;
    bool hangs = false;  // until Heal; then fails
    int after = 0;       // so many of these operations succeed before
  };

  FaultyDisk() : rocksdb::FileSystemWrapper(rocksdb::FileSystem::Default()) {}
  const char* Name() const override { return "faulty"; }

  // Makes the operations that the fault describes fail until Heal, in place of an earlier fault.
  void Break(Fault fault) {
    const std::lock_guard lock(mutex_);
    fault_ = std::make_unique<Fault>(std::move(fault));
    hits_ = 0;
  }
  void Heal() {
    const std::lock_guard lock(mutex_);
    fault_.reset();
    healed_.notify_all();
  }
  // Returns how many operations have met the fault since Break.
  int hits() const { return hits_; }

  // Returns the fault's status where it applies to the operation on the file `name`, else OK.
  rocksdb::IOStatus Check(Operation operation, const std::string& name) {
    std::unique_lock lock(mutex_);
    if (!fault_ || fault_->operation != operation || name.find(fault_->in_name) == name.npos) {
      return rocksdb::IOStatus::OK();
    }
    if (fault_->after > 0) {
      --fault_->after;
      return rocksdb::IOStatus::OK();
    }
    ++hits_;
    const rocksdb::IOStatus status = fault_->status;
    if (fault_->hangs) healed_.wait(lock, [this] { return !fault_ || !fault_->hangs; });
    return status;
  }

  rocksdb::IOStatus NewWritableFile(const std::string& name, const rocksdb::FileOptions& options,
                                    std::unique_ptr<rocksdb::FSWritableFile>* file,
                                    rocksdb::IODebugContext* debug) override {
    rocksdb::IOStatus s = Check(Operation::kCreate, name);
    std::unique_ptr<rocksdb::FSWritableFile> made;
    if (s.ok()) s = target()->NewWritableFile(name, options, &made, debug);
    if (s.ok()) *file = std::make_unique<File>(*this, name, std::move(made));
    return s;
  }
  rocksdb::IOStatus NewRandomAccessFile(const std::string& name,
                                        const rocksdb::FileOptions& options,
                                        std::unique_ptr<rocksdb::FSRandomAccessFile>* file,
                                        rocksdb::IODebugContext* debug) override {
    rocksdb::IOStatus s = Check(Operation::kOpen, name);
    std::unique_ptr<rocksdb::FSRandomAccessFile> opened;
    if (s.ok()) s = target()->NewRandomAccessFile(name, options, &opened, debug);
    if (s.ok()) *file = std::make_unique<ReadFile>(*this, name, std::move(opened));
    return s;
  }
  rocksdb::IOStatus NewDirectory(const std::string& name, const rocksdb::IOOptions& options,
                                 std::unique_ptr<rocksdb::FSDirectory>* directory,
                                 rocksdb::IODebugContext* debug) override {
    std::unique_ptr<rocksdb::FSDirectory> opened;
    rocksdb::IOStatus s = target()->NewDirectory(name, options, &opened, debug);
    if (s.ok()) *directory = std::make_unique<Directory>(*this, name, std::move(opened));
    return s;
  }

 private:
  class File final : public rocksdb::FSWritableFileOwnerWrapper {
   public:
    File(FaultyDisk& disk, std::string name, std::unique_ptr<rocksdb::FSWritableFile> file)
        : rocksdb::FSWritableFileOwnerWrapper(std::move(file)),
          disk_(disk),
          name_(std::move(name)) {}
    rocksdb::IOStatus PositionedAppend(const rocksdb::Slice& data, uint64_t offset,
                                       const rocksdb::IOOptions& options,
                                       rocksdb::IODebugContext* debug) override {
      rocksdb::IOStatus s = disk_.Check(Operation::kAppend, name_);
      const rocksdb::Slice part(data.data(), s.ok() ? data.size() : data.size() / 2);
      rocksdb::IOStatus done = target()->PositionedAppend(part, offset, options, debug);
      return s.ok() ? done : s;
    }
    rocksdb::IOStatus Sync(const rocksdb::IOOptions& options,
                           rocksdb::IODebugContext* debug) override {
      rocksdb::IOStatus s = disk_.Check(Operation::kSync, name_);
      return s.ok() ? target()->Sync(options, debug) : s;
    }
    rocksdb::IOStatus Fsync(const rocksdb::IOOptions& options,
                            rocksdb::IODebugContext* debug) override {
      return Sync(options, debug);
    }

   private:
    FaultyDisk& disk_;
    const std::string name_;
  };

  class ReadFile final : public rocksdb::FSRandomAccessFileOwnerWrapper {
   public:
    ReadFile(FaultyDisk& disk, std::string name, std::unique_ptr<rocksdb::FSRandomAccessFile> file)
        : rocksdb::FSRandomAccessFileOwnerWrapper(std::move(file)),
          disk_(disk),
          name_(std::move(name)) {}
    rocksdb::IOStatus Read(uint64_t offset, size_t n, const rocksdb::IOOptions& options,
                           rocksdb::Slice* result, char* scratch,
                           rocksdb::IODebugContext* debug) const override {
      rocksdb::IOStatus s = disk_.Check(Operation::kRead, name_);
      return s.ok() ? target()->Read(offset, n, options, result, scratch, debug) : s;
    }

   private:
    FaultyDisk& disk_;
    const std::string name_;
  };

  class Directory final : public rocksdb::FSDirectoryWrapper {
   public:
    Directory(FaultyDisk& disk, std::string name, std::unique_ptr<rocksdb::FSDirectory> directory)
        : rocksdb::FSDirectoryWrapper(std::move(directory)), disk_(disk), name_(std::move(name)) {}
    rocksdb::IOStatus Fsync(const rocksdb::IOOptions& options,
                            rocksdb::IODebugContext* debug) override {
      rocksdb::IOStatus s = disk_.Check(Operation::kSyncDirectory, name_);
      return s.ok() ? rocksdb::FSDirectoryWrapper::Fsync(options, debug) : s;
    }
    rocksdb::IOStatus FsyncWithDirOptions(const rocksdb::IOOptions& options,
                                          rocksdb::IODebugContext* debug,
                                          const rocksdb::DirFsyncOptions& what) override {
      rocksdb::IOStatus s = disk_.Check(Operation::kSyncDirectory, name_);
      return s.ok() ? rocksdb::FSDirectoryWrapper::FsyncWithDirOptions(options, debug, what) : s;
    }

   private:
    FaultyDisk& disk_;
    const std::string name_;
  };

  std::mutex mutex_;  // guards fault_
  std::unique_ptr<Fault> fault_;
  std::condition_variable healed_;
  std::atomic<int> hits_{0};
};

}  // namespace rollcall::test
