// The one table of background jobs: each runs at the start and then once per period, one at a time,
// on a thread that the table owns. A job that takes long delays the others; none of them is on the
// path of a request.
#pragma once

#include <chrono>
#include <cstdint>
#include <functional>
#include <stop_token>
#include <string>
#include <thread>
#include <vector>

#include "base/clock.h"
#include "base/mutex.h"
#include "base/status.h"
#include "metrics/registry.h"

namespace rollcall::jobs {

struct Job {
  std::string name;                  // unique, a metric's label
  std::chrono::milliseconds period;  // from the end of a run to the next; over 0
  // Runs on the table's thread. Returns soon after a stop is requested. What it throws is a
  // failure.
  std::function<Status(std::stop_token)> run;
};

// How long a job that failed `failures` times in a row (at least once) waits for its next try:
// min(period, 10 s), doubled with each further failure, never more than the period.
std::chrono::milliseconds RetryDelay(std::chrono::milliseconds period, uint32_t failures);

// For one thread, but TimeMoved is thread-safe, for jobs as well.
class JobTable {
 public:
  using SteadyNow = std::function<std::chrono::steady_clock::time_point()>;

  // `registry` and `clock` outlive the table. `now` paces the periods; a test passes its own and
  // says TimeMoved() when it moved.
  JobTable(
      metrics::Registry& registry, const Clock& clock,
      SteadyNow now = [] { return std::chrono::steady_clock::now(); });
  // As Stop.
  ~JobTable();
  JobTable(const JobTable&) = delete;
  JobTable& operator=(const JobTable&) = delete;

  // Before Start. InvalidArgument: no name, a name twice, a period of 0 or less, nothing to run.
  Status Add(Job job);
  // Starts the thread; every job is due at once, in the order in which they were added. Call once.
  void Start();
  // Requests the running job to stop and waits for it; no other begins. May be called again.
  void Stop();

  // `now` has jumped: looks at once which jobs are due.
  void TimeMoved();

 private:
  struct Entry {
    Job job;
    metrics::Counter& succeeded;
    metrics::Counter& failed;
    metrics::Gauge& last_success;
    std::chrono::steady_clock::time_point due{};
    uint32_t failures = 0;  // in a row
  };

  void Loop(const std::stop_token& stop);
  Entry* NextDue(std::chrono::steady_clock::time_point now);
  void RunOne(Entry& entry, const std::stop_token& stop);
  void Record(Entry& entry, const Status& status);

  metrics::Registry& registry_;
  const Clock& clock_;
  const SteadyNow now_;
  std::vector<Entry> entries_;  // from Start on the thread's own
  Mutex mutex_;
  StoppableConditionVariable nudge_;
  bool nudged_ GUARDED_BY(mutex_) = false;
  std::jthread thread_;  // last: it uses the rest
};

}  // namespace rollcall::jobs
