// The threads of one lane and the jobs that wait for them. Owned by the front; the loop submits
// jobs and bounds how many requests are under way.
#pragma once

#include <deque>
#include <functional>
#include <memory>
#include <string>
#include <thread>
#include <variant>
#include <vector>

#include "base/mutex.h"
#include "base/status.h"
#include "http/server/mailbox.h"
#include "http/server/message.h"

namespace rollcall::http {

// A complete request, for its route's handler.
struct WholeRequest {
  HttpRequest request;
};

// The same with a body that is still gzip. The worker inflates it, because a large one would hold
// up the loop.
struct PackedRequest {
  HttpRequest request;
};

// The next piece of a streamed answer, still to be made.
struct NextPiece {
  std::shared_ptr<BodyStream> stream;
};

// A piece of work for one of the lane's threads.
struct Job {
  std::shared_ptr<Ticket> ticket;
  std::variant<WholeRequest, PackedRequest, NextPiece> work;
};

// Thread-safe.
class WorkerLane {
 public:
  // Does a job, on one of the lane's threads. Must not throw.
  using Run = std::function<void(Job&& job)>;

  // `max_batch`: the most jobs that a thread takes at once, inclusive; more than 1 saves locking
  // where jobs are cheap.
  WorkerLane(std::string name, size_t max_batch, Run run);
  ~WorkerLane() { Stop(); }
  WorkerLane(const WorkerLane&) = delete;
  WorkerLane& operator=(const WorkerLane&) = delete;

  // Starts that many threads. Unavailable: the system has no thread to give.
  Status Start(size_t threads);
  // Queues all of `jobs` and leaves the vector empty.
  void Submit(std::vector<Job>& jobs);
  // Drops the jobs that wait, lets those under way finish, and joins the threads.
  void Stop();

 private:
  void Work();

  const std::string name_;  // of the threads, as ps and gdb show it
  const size_t max_batch_;
  const Run run_;
  size_t thread_count_ = 0;
  std::vector<std::thread> threads_;

  Mutex mutex_;
  ConditionVariable wake_;
  std::deque<Job> waiting_ GUARDED_BY(mutex_);
  size_t asleep_ GUARDED_BY(mutex_) = 0;
  bool stopped_ GUARDED_BY(mutex_) = false;
};

}  // namespace rollcall::http
