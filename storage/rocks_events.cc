#include "storage/rocks_events.h"

#include <array>
#include <cstdarg>
#include <cstdio>
#include <utility>

#include <rocksdb/env.h>

#include "base/log.h"

namespace rollcall::storage {
namespace {

class RocksLog final : public rocksdb::Logger {
 public:
  RocksLog() : rocksdb::Logger(rocksdb::InfoLogLevel::WARN_LEVEL) {}

  using rocksdb::Logger::Logv;
  void Logv(const rocksdb::InfoLogLevel level, const char* format, va_list args) override {
    // The options of a start come at a level above all others.
    if (level < GetInfoLogLevel() || level >= rocksdb::InfoLogLevel::HEADER_LEVEL) return;
    std::array<char, 1024> line;
    std::vsnprintf(line.data(), line.size(), format, args);
    log::Debug("rocksdb: {}", line.data());
  }
  void Logv(const char*, va_list) override {}
};

}  // namespace

std::shared_ptr<rocksdb::Logger> NewRocksLog() { return std::make_shared<RocksLog>(); }

rocksdb::Status BackgroundErrors::Take() {
  const MutexLock lock(mutex_);
  any_ = false;
  return latest_;
}

std::vector<BackgroundErrors::DamagedTable> BackgroundErrors::TakeDamaged() {
  const MutexLock lock(mutex_);
  return std::exchange(damaged_, {});
}

void BackgroundErrors::OnCompactionCompleted(rocksdb::DB*, const rocksdb::CompactionJobInfo& job) {
  if (!job.status.IsCorruption()) return;
  const MutexLock lock(mutex_);
  damaged_.push_back({job.cf_name, job.status});
}

void BackgroundErrors::Note(const rocksdb::Status& error) {
  const MutexLock lock(mutex_);
  latest_ = error;
  any_ = true;
}

}  // namespace rollcall::storage
