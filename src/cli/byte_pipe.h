// A pipe in memory between a writer and a reader, each on a thread of its own. It is bounded, so
// the faster one waits for the slower. Owned by whoever runs the two; outlives both.
#pragma once

#include <string>
#include <string_view>
#include <utility>

#include "base/mutex.h"
#include "base/status.h"

namespace rollcall::cli {

class BytePipe {
 public:
  // For the writer. Waits while kMostBytes or more are unread. Unavailable: the reader
  // called EndReading.
  Status Write(std::string_view bytes) {
    MutexLock lock(mutex_);
    while (!closed_ && waiting_.size() >= kMostBytes) changed_.Wait(lock);
    if (closed_) return Status::Unavailable("nobody reads the other end");
    waiting_ += bytes;
    changed_.NotifyAll();
    return Status::Ok();
  }
  // For the writer: nothing more follows. Where `status` is a failure, the reader gets it instead
  // of the end.
  void EndWriting(Status status) {
    const MutexLock lock(mutex_);
    ended_ = true;
    end_ = std::move(status);
    changed_.NotifyAll();
  }

  // For the reader. Waits for the next piece and returns it, valid until the next call; empty at
  // the end.
  Result<std::string_view> Read() {
    MutexLock lock(mutex_);
    while (!ended_ && waiting_.empty()) changed_.Wait(lock);
    if (waiting_.empty() && !end_.ok()) return end_;
    piece_.clear();
    piece_.swap(waiting_);
    changed_.NotifyAll();
    return std::string_view(piece_);
  }
  // For the reader: nothing more will be read.
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
  std::string piece_;  // used by the reader's thread only
  bool ended_ GUARDED_BY(mutex_) = false;
  bool closed_ GUARDED_BY(mutex_) = false;
  Status end_ GUARDED_BY(mutex_);
};

}  // namespace rollcall::cli
