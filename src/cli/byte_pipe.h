// Joins what hands bytes out with what asks for them, each on a thread of its own: bounded, so the
// faster one waits for the slower. Owned by whoever runs both; it outlives them.
#pragma once

#include <string>
#include <string_view>
#include <utility>

#include "base/mutex.h"
#include "base/status.h"

namespace rollcall::cli {

class BytePipe {
 public:
  // The writer's. Waits while there is too much to be read. Unavailable: nobody reads any more.
  Status Write(std::string_view bytes) {
    MutexLock lock(mutex_);
    while (!closed_ && waiting_.size() >= kMostBytes) changed_.Wait(lock);
    if (closed_) return Status::Unavailable("nobody reads the other end");
    waiting_ += bytes;
    changed_.NotifyAll();
    return Status::Ok();
  }
  // No more comes; a failure is what the reader gets in place of the end.
  void EndWriting(Status status) {
    const MutexLock lock(mutex_);
    ended_ = true;
    end_ = std::move(status);
    changed_.NotifyAll();
  }

  // The reader's. The next piece, valid until the next call; empty at the end.
  Result<std::string_view> Read() {
    MutexLock lock(mutex_);
    while (!ended_ && waiting_.empty()) changed_.Wait(lock);
    if (waiting_.empty() && !end_.ok()) return end_;
    piece_.clear();
    piece_.swap(waiting_);
    changed_.NotifyAll();
    return std::string_view(piece_);
  }
  void EndReading() {
    const MutexLock lock(mutex_);
    closed_ = true;
    changed_.NotifyAll();
  }

 private:
  static constexpr size_t kMostBytes = 4 * 1024 * 1024;

  Mutex mutex_;
  ConditionVariable changed_;
  std::string waiting_ GUARDED_BY(mutex_);
  std::string piece_;  // the reader's
  bool ended_ GUARDED_BY(mutex_) = false;
  bool closed_ GUARDED_BY(mutex_) = false;
  Status end_ GUARDED_BY(mutex_);
};

}  // namespace rollcall::cli
