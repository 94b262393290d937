#include "ingest/committer.h"

#include <algorithm>
#include <chrono>

#include <spdlog/spdlog.h>

namespace rollcall::ingest {

Committer::Committer(storage::Stores& stores, const Clock& clock, size_t source_cache_bytes,
                     RecentReports& recent, ReportCounters& counters, metrics::Registry& registry)
    : stores_(stores),
      clock_(clock),
      recent_(recent),
      sources_(stores.store(), stores.sources(), source_cache_bytes),
      writer_(stores.labels(), stores.totals(), sources_),
      commits_(registry.GetCounter("rollcall_commits_total", "Batches committed")),
      failed_commits_(
          registry.GetCounter("rollcall_commits_failed_total", "Batches that could not be stored")),
      commit_seconds_(registry.GetHistogram("rollcall_commit_duration_seconds",
                                            "Time to write and sync a batch",
                                            metrics::Histogram::LatencyBuckets())),
      reports_per_commit_(
          registry.GetHistogram("rollcall_reports_per_commit", "Reports that shared one sync",
                                {1, 2, 4, 8, 16, 32, 64, 128, 256, 512, 1024, 2048})),
      counters_(counters),
      queue_length_(
          registry.GetGauge("rollcall_commit_queue_length", "Reports that wait to be committed")),
      cached_sources_(registry.GetGauge("rollcall_source_cache_sources",
                                        "Sources whose latest reports are in memory")),
      cached_bytes_(registry.GetGauge("rollcall_source_cache_bytes", "Memory they take")),
      thread_([this] { Run(); }) {}

Committer::~Committer() {
  {
    const std::lock_guard lock(mutex_);
    stopping_ = true;
  }
  work_.notify_all();
  thread_.join();
}

void Committer::Enqueue(PreparedReport&& report) {
  std::unique_lock lock(mutex_);
  room_.wait(lock, [&] { return queue_.size() < kMaxQueued; });
  queue_.push_back(std::move(report));
  queue_length_.Set(static_cast<int64_t>(queue_.size()));
  if (queue_.size() == 1) work_.notify_one();
}

void Committer::Run() {
  std::deque<PreparedReport> waiting;
  while (true) {
    {
      std::unique_lock lock(mutex_);
      work_.wait(lock, [&] { return stopping_ || !queue_.empty(); });
      if (queue_.empty()) return;
      std::swap(waiting, queue_);
      queue_length_.Set(0);
    }
    room_.notify_all();
    while (!waiting.empty()) CommitSome(waiting);
  }
}

void Committer::CommitSome(std::deque<PreparedReport>& waiting) {
  std::vector<Written> written;
  Status status;
  {
    const storage::Store::WriterLock lock = stores_.store().LockForWriting();
    storage::Batch batch(stores_.store());
    status = WriteSome(waiting, written, batch);
    if (!status.ok()) {
      // One report's source is unreadable: the others are written without it.
      for (; written.size() > 1; written.erase(written.end() - 2)) {
        waiting.push_front(std::move(written[written.size() - 2].report));
      }
    } else if (!batch.empty()) {
      const auto begin = std::chrono::steady_clock::now();
      status = stores_.Commit(lock, batch);
      commit_seconds_.Observe(
          std::chrono::duration<double>(std::chrono::steady_clock::now() - begin).count());
      if (status.ok()) {
        commits_.Add();
        reports_per_commit_.Observe(static_cast<double>(written.size()));
      }
    }
    if (status.ok()) {
      stores_.Committed();
      sources_.Committed();
    } else {
      stores_.Abandoned();
      sources_.Abandoned();
    }
    cached_sources_.Set(static_cast<int64_t>(sources_.size()));
    cached_bytes_.Set(static_cast<int64_t>(sources_.bytes()));
  }
  Answer(written, status);
}

Status Committer::WriteSome(std::deque<PreparedReport>& waiting, std::vector<Written>& written,
                            storage::Batch& batch) {
  const UnixSeconds now = clock_.Now();
  const Day day = Day::Of(waiting.front().time.value_or(now));
  TotalsMap gains;
  std::vector<FleetRef> fleets;
  while (!waiting.empty() && written.size() < kMaxReportsPerCommit &&
         batch.bytes() < kMaxBytesPerCommit) {
    const UnixSeconds time = waiting.front().time.value_or(now);
    if (Day::Of(time) != day) break;
    written.push_back({std::move(waiting.front()), Status::Ok()});
    waiting.pop_front();
    PreparedReport& report = written.back().report;
    if (std::find(fleets.begin(), fleets.end(), report.fleet) == fleets.end()) {
      fleets.push_back(report.fleet);
      stores_.totals().DropStale(Month::Of(day), report.fleet, batch);
      stores_.periods().DropDay(day, report.fleet, batch);
      stores_.periods().DropWindows(Month::Of(day), report.fleet, batch);
    }
    const Result<Outcome> outcome = writer_.Write(report, time, batch, gains);
    if (outcome.ok()) {
      written.back().outcome = *outcome;
    } else if (outcome.status().code() == Code::kInvalidArgument) {
      written.back().status = outcome.status();
    } else {
      return outcome.status();
    }
  }
  return stores_.totals().Add(gains, batch);
}

void Committer::Answer(std::vector<Written>& written, const Status& committed) {
  if (!committed.ok()) {
    failed_commits_.Add();
    LogFailure(written.size(), committed);
  }
  for (Written& one : written) {
    const Status& status = committed.ok() ? one.status : committed;
    if (!committed.ok()) {
      counters_.failed.Add();
    } else if (!one.status.ok()) {
      counters_.refused.Add();
    } else {
      CountStored(one);
    }
    one.report.done(status);
  }
}

// A full disk fails every commit, and the log may be on it.
void Committer::LogFailure(size_t reports, const Status& status) {
  unlogged_failures_ += reports;
  const auto now = std::chrono::steady_clock::now();
  if (now < next_failure_log_) return;
  spdlog::error("{} reports not stored: {}", unlogged_failures_, status.message());
  unlogged_failures_ = 0;
  next_failure_log_ = now + kFailureLogInterval;
}

void Committer::CountStored(const Written& one) {
  metrics::Counter* const by_outcome[] = {&counters_.same, &counters_.changed, &counters_.full,
                                          &counters_.empty};
  by_outcome[static_cast<size_t>(one.outcome)]->Add();
  if (one.outcome != Outcome::kEmpty && !one.report.parsed.has_multiline_value) {
    recent_.Remember(one.report.id_hash, one.report.fingerprint);
  }
}

}  // namespace rollcall::ingest
