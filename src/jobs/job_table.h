// The table of background jobs, the only one of a server, which owns it. Each job runs at the start
// and then once per period, one at a time, on a thread that the table owns. A slow job delays the
// others, but no request waits for any of them.
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
  std::string name;                  // unique; the label of its metrics
  std::chrono::milliseconds period;  // from the end of a run to the start of the next; over 0
  // Does the work, on the table's thread. Returns soon after a stop is requested. An exception
  // counts as a failure.
  std::function<Status(std::stop_token)> run;
};

// Returns how long a job waits for its next try after `failures` (at least 1) failures in a row:
// min(period, 10 s), doubled with each further failure, never more than the period.
std::chrono::milliseconds RetryDelay(std::chrono::milliseconds period, uint32_t failures);

// For one thread, except TimeMoved, which is thread-safe and may be called by jobs.
class JobTable {
 public:
  using SteadyNow = std::function<std::chrono::steady_clock::time_point()>;

  // `registry` and `clock` outlive the table. `now` paces the periods; a test that passes its own
  // calls TimeMoved() after moving it.
  JobTable(
      metrics::Registry& registry, const Clock& clock,
      SteadyNow now = [] { return std::chrono::steady_clock::now(); });
  // Calls Stop.
  ~JobTable();
  JobTable(const JobTable&) = delete;
  JobTable& operator=(const JobTable&) = delete;

  // Adds a job; call before Start. InvalidArgument: no name, a name that is taken, a period of 0 or
  // less, or nothing to run.
  Status Add(Job job);
  // Starts the thread. Every job is due at once, in the order of Add. Call once.
  void Start();
  // Requests the running job to stop and waits for it; no other job starts. May be called again.
  void Stop();

  // Says that `now` has jumped: the thread checks at once which jobs are due.
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
  std::vector<Entry> entries_;  // used by the thread alone once started
  Mutex mutex_;
  StoppableConditionVariable nudge_;
  bool nudged_ GUARDED_BY(mutex_) = false;
  std::jthread thread_;  // last: it uses the rest
};

}  // namespace rollcall::jobs
