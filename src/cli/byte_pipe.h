// Joins what hands bytes out with what asks for them, each on a thread of its own: bounded, so the
// faster one waits for the slower. Owned by whoever runs both; it outlives them.
#pragma once

#include <condition_variable>
#include <mutex>
#include <string>
#include <string_view>
#include <utility>

#include "base/status.h"

namespace rollcall::cli {

class BytePipe {
 public:
  // The writer's. Waits while there is too much to be read. Unavailable: nobody reads any more.
  Status Write(std::string_view bytes) {
    std::unique_lock lock(mutex_);
    changed_.wait(lock, [this] { return closed_ || waiting_.size() < kMostBytes; });
    if (closed_) return Status::Unavailable("nobody reads the other end");
    waiting_ += bytes;
    changed_.notify_all();
    return Status::Ok();
  }
  // No more comes; a failure is what the reader gets in place of the end.
  void EndWriting(Status status) {
    const std::lock_guard lock(mutex_);
    ended_ = true;
    end_ = std::move(status);
    changed_.notify_all();
  }

  // The reader's. The next piece, valid until the next call; empty at the end.
  Result<std::string_view> Read() {
    std::unique_lock lock(mutex_);
    changed_.wait(lock, [this] { return ended_ || !waiting_.empty(); });
    if (waiting_.empty() && !end_.ok()) return end_;
    piece_.clear();
    piece_.swap(waiting_);
    changed_.notify_all();
    return std::string_view(piece_);
  }
  void EndReading() {
    const std::lock_guard lock(mutex_);
    closed_ = true;
    changed_.notify_all();
  }

 private:
  static constexpr size_t kMostBytes = 4 * 1024 * 1024;

  std::mutex mutex_;  // guards all but piece_
  std::condition_variable changed_;
  std::string waiting_;
  std::string piece_;
  bool ended_ = false;
  bool closed_ = false;
  Status end_;
};

}  // namespace rollcall::cli
