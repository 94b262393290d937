#include "jobs/job_table.h"

#include <algorithm>
#include <exception>
#include <utility>

#include "base/background.h"
#include "base/log.h"

namespace rollcall::jobs {

using std::chrono::milliseconds;

std::chrono::milliseconds RetryDelay(milliseconds period, uint32_t failures) {
  milliseconds delay = std::min<milliseconds>(period, std::chrono::seconds(10));
  for (uint32_t i = 1; i < failures && delay < period; ++i) delay = std::min(period, delay * 2);
  return delay;
}

JobTable::JobTable(metrics::Registry& registry, const Clock& clock, SteadyNow now)
    : registry_(registry), clock_(clock), now_(std::move(now)) {}

JobTable::~JobTable() { Stop(); }

Status JobTable::Add(Job job) {
  const std::string step = "add job \"" + job.name + "\": ";
  if (thread_.joinable()) return Status::InvalidArgument(step + "the table has been started");
  if (job.name.empty()) return Status::InvalidArgument(step + "it has no name");
  if (job.period.count() <= 0) return Status::InvalidArgument(step + "its period is not over 0");
  if (!job.run) return Status::InvalidArgument(step + "it has nothing to run");
  for (const Entry& entry : entries_) {
    if (entry.job.name == job.name) return Status::InvalidArgument(step + "the name is taken");
  }
  const auto runs = [&](const char* result) -> metrics::Counter& {
    return registry_.GetCounter("rollcall_job_runs_total", "Runs of background jobs that ended.",
                                {{"job", job.name}, {"result", result}});
  };
  metrics::Counter& succeeded = runs("ok");
  metrics::Counter& failed = runs("error");
  metrics::Gauge& last_success = registry_.GetGauge(
      "rollcall_job_last_success_timestamp_seconds",
      "When a background job last succeeded; 0: not since the start.", {{"job", job.name}});
  entries_.push_back({std::move(job), succeeded, failed, last_success});
  return Status::Ok();
}

void JobTable::Start() {
  const auto now = now_();
  for (Entry& entry : entries_) entry.due = now;
  thread_ = std::jthread([this](const std::stop_token& stop) { Loop(stop); });
}

void JobTable::Stop() {
  thread_.request_stop();
  if (thread_.joinable()) thread_.join();
}

void JobTable::TimeMoved() {
  const MutexLock lock(mutex_);
  nudged_ = true;
  nudge_.NotifyAll();
}

JobTable::Entry* JobTable::NextDue(std::chrono::steady_clock::time_point now) {
  Entry* next = nullptr;
  for (Entry& entry : entries_) {
    if (entry.due <= now && (next == nullptr || entry.due < next->due)) next = &entry;
  }
  return next;
}

void JobTable::Loop(const std::stop_token& stop) {
  EnterBackground();  // requests go first
  while (!stop.stop_requested()) {
    const auto now = now_();
    if (Entry* const entry = NextDue(now)) {
      RunOne(*entry, stop);
      continue;
    }
    // Bounded, so that no sum of times overflows.
    std::chrono::nanoseconds wait = std::chrono::hours(1);
    for (const Entry& entry : entries_) wait = std::min(wait, entry.due - now);
    MutexLock lock(mutex_);
    nudge_.WaitFor(lock, stop, wait, [this]() REQUIRES(mutex_) { return nudged_; });
    nudged_ = false;
  }
}

void JobTable::RunOne(Entry& entry, const std::stop_token& stop) {
  Status status;
  try {
    status = entry.job.run(stop);
  } catch (const std::exception& e) {
    status = Status::Internal(std::string("uncaught exception: ") + e.what());
  } catch (...) {
    status = Status::Internal("uncaught exception");
  }
  // A job that the stop cut short says nothing about itself.
  if (!status.ok() && stop.stop_requested()) return;
  Record(entry, status);
  entry.due =
      now_() + (status.ok() ? entry.job.period : RetryDelay(entry.job.period, entry.failures));
}

void JobTable::Record(Entry& entry, const Status& status) {
  // Logs one line when a job begins to fail and one when it works again; an outage of days is
  // not news.
  if (status.ok()) {
    if (entry.failures > 0) {
      log::Info("job {}: works again after {} failed runs", entry.job.name, entry.failures);
    }
    entry.failures = 0;
    entry.succeeded.Add();
    entry.last_success.Set(clock_.Now().time_since_epoch().count());
    return;
  }
  entry.failed.Add();
  entry.failures = std::min<uint32_t>(entry.failures + 1, 1'000'000);
  const auto delay = RetryDelay(entry.job.period, entry.failures);
  log::At(entry.failures == 1 ? log::Level::kWarn : log::Level::kDebug,
          "job {}: {}; next try in {} s", entry.job.name, status.message(),
          std::chrono::ceil<std::chrono::seconds>(delay).count());
}

}  // namespace rollcall::jobs
