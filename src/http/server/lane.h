// The threads of one lane and the requests that wait for them. Owned by the front; the loop
// submits, and bounds how many are under way.
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

// A request for its route's handler.
struct WholeRequest {
  HttpRequest request;
};

// The same with a body that is gzip still, to be inflated on the worker: a large one would hold up
// the loop.
struct PackedRequest {
  HttpRequest request;
};

// The next piece of an answer, to be made.
struct NextPiece {
  std::shared_ptr<BodyStream> stream;
};

// What waits for a worker.
struct Job {
  std::shared_ptr<Ticket> ticket;
  std::variant<WholeRequest, PackedRequest, NextPiece> work;
};

// Thread-safe.
class WorkerLane {
 public:
  // Runs on one of the lane's threads; does not throw.
  using Run = std::function<void(Job&& job)>;

  // `max_batch`: how many jobs a thread takes at once at most, so that cheap ones cost few locks.
  WorkerLane(std::string name, size_t max_batch, Run run);
  ~WorkerLane() { Stop(); }
  WorkerLane(const WorkerLane&) = delete;
  WorkerLane& operator=(const WorkerLane&) = delete;

  // Unavailable: the system has no thread to give.
  Status Start(size_t threads);
  // Takes all of `jobs` and leaves it empty.
  void Submit(std::vector<Job>& jobs);
  // Lets what is being worked on end, drops what waits, and joins the threads.
  void Stop();

 private:
  void Work();

  const std::string name_;  // of the threads, for those who look with ps or gdb
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
