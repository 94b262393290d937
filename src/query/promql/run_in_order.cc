#include "query/promql/run_in_order.h"

#include <algorithm>
#include <new>
#include <vector>

#include "base/mutex.h"
#include "base/run_on_threads.h"

namespace rollcall::promql {
namespace {

class Pieces {
 public:
  Pieces(size_t count, const std::function<Status(size_t)>& work,
         const std::function<Status(size_t)>& merge)
      : work_(work), merge_(merge), done_(count, false) {}

  // Works until nothing is left to begin.
  void Run() EXCLUDES(mutex_) {
    MutexLock lock(mutex_);
    while (failure_.ok() && next_ < done_.size()) {
      const size_t i = next_++;
      lock.unlock();
      const Status status = Guarded(work_, i);
      lock.lock();
      Note(i, status);
      done_[i] = true;
      while (failure_.ok() && merged_ < done_.size() && done_[merged_]) {
        Note(merged_, Guarded(merge_, merged_));
        ++merged_;
      }
    }
  }

  Status Outcome() EXCLUDES(mutex_) {
    MutexLock lock(mutex_);
    return failure_;
  }

 private:
  // Memory that runs out on a thread of its own would end the process.
  static Status Guarded(const std::function<Status(size_t)>& call, size_t i) {
    try {
      return call(i);
    } catch (const std::bad_alloc&) {
      return Status::Unavailable("evaluate a query: out of memory");
    }
  }

  void Note(size_t i, const Status& status) REQUIRES(mutex_) {
    if (!status.ok() && (failure_.ok() || i < failed_)) {
      failure_ = status;
      failed_ = i;
    }
  }

  const std::function<Status(size_t)>& work_;
  const std::function<Status(size_t)>& merge_;
  Mutex mutex_;
  size_t next_ GUARDED_BY(mutex_) = 0;
  size_t merged_ GUARDED_BY(mutex_) = 0;
  std::vector<bool> done_ GUARDED_BY(mutex_);
  Status failure_ GUARDED_BY(mutex_);
  size_t failed_ GUARDED_BY(mutex_) = 0;
};

}  // namespace

Status RunInOrder(size_t count, unsigned threads, const std::function<Status(size_t)>& work,
                  const std::function<Status(size_t)>& merge) {
  Pieces pieces(count, work, merge);
  RunOnThreads(std::min<size_t>(threads, count), [&pieces](size_t) { pieces.Run(); });
  return pieces.Outcome();
}

}  // namespace rollcall::promql
