#include "http/server/lane.h"

#include <pthread.h>

#include <algorithm>
#include <system_error>
#include <utility>

namespace rollcall::http {

WorkerLane::WorkerLane(std::string name, size_t max_batch, Run run)
    : name_(std::move(name)), max_batch_(max_batch), run_(std::move(run)) {}

Status WorkerLane::Start(size_t threads) {
  thread_count_ = threads;
  try {
    for (size_t i = 0; i < threads; ++i) {
      threads_.emplace_back([this] { Work(); });
      pthread_setname_np(threads_.back().native_handle(), name_.c_str());
    }
  } catch (const std::system_error& error) {
    return Status::Unavailable("start thread " + std::to_string(threads_.size() + 1) + " of " +
                               std::to_string(threads) + " of lane " + name_ + ": " + error.what());
  }
  return Status::Ok();
}

void WorkerLane::Submit(std::vector<Job>& jobs) {
  size_t wake = 0;
  {
    const MutexLock lock(mutex_);
    for (Job& job : jobs) {
      waiting_.push_back(std::move(job));
    }
    wake = std::min(asleep_, jobs.size());
  }
  jobs.clear();
  for (; wake > 0; --wake) {
    wake_.NotifyOne();
  }
}

void WorkerLane::Stop() {
  std::deque<Job> dropped;
  {
    const MutexLock lock(mutex_);
    stopped_ = true;
    dropped.swap(waiting_);
  }
  wake_.NotifyAll();
  for (std::thread& thread : threads_) {
    thread.join();
  }
  threads_.clear();
}

void WorkerLane::Work() {
  std::vector<Job> batch;
  MutexLock lock(mutex_);
  for (;;) {
    if (stopped_) {
      return;
    }
    if (waiting_.empty()) {
      ++asleep_;
      wake_.Wait(lock);
      --asleep_;
      continue;
    }
    // A fair share, so that no job waits behind another while a thread has nothing to do.
    const size_t share = (waiting_.size() + thread_count_ - 1) / thread_count_;
    const size_t n = std::clamp<size_t>(share, 1, max_batch_);
    for (size_t i = 0; i < n; ++i) {
      batch.push_back(std::move(waiting_.front()));
      waiting_.pop_front();
    }
    lock.unlock();
    for (Job& job : batch) {
      run_(std::move(job));
    }
    batch.clear();
    lock.lock();
  }
}

}  // namespace rollcall::http
