#include "ingest/committer.h"

#include <algorithm>
#include <chrono>

#include "base/log.h"

namespace rollcall::ingest {

Committer::Committer(storage::Stores& stores, const Clock& clock, const CommitterOptions& options,
                     RecentReports& recent, ReportCounters& counters, metrics::Registry& registry)
    : stores_(stores),
      clock_(clock),
      store_(options.store),
      recent_(recent),
      sources_(stores.store(), stores.sources(), options.source_cache_bytes),
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
      dropped_(registry.GetCounter(
          "rollcall_outbox_dropped_total",
          "Reports that left the outbox unsent, parked ones too, because it was full")),
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
  uint64_t dropped = 0;
  Status status;
  {
    const storage::Store::WriterLock lock = stores_.store().LockForWriting();
    storage::Batch batch(stores_.store());
    status = WriteSome(waiting, written, batch, dropped);
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
  if (status.ok() && dropped > 0) CountDropped(dropped);
}

Status Committer::WriteSome(std::deque<PreparedReport>& waiting, std::vector<Written>& written,
                            storage::Batch& batch, uint64_t& dropped) {
  const storage::UnixMilliseconds now = clock_.NowMilliseconds();
  const auto time_of = [&](const PreparedReport& report) {
    return report.time ? storage::UnixMilliseconds(*report.time) : now;
  };
  const auto seconds = [](storage::UnixMilliseconds time) {
    return std::chrono::floor<std::chrono::seconds>(time);
  };
  const Day day = Day::Of(seconds(time_of(waiting.front())));
  TotalsMap gains;
  std::vector<FleetRef> fleets;
  while (!waiting.empty() && written.size() < kMaxReportsPerCommit &&
         batch.bytes() < kMaxBytesPerCommit) {
    const storage::UnixMilliseconds time = time_of(waiting.front());
    if (Day::Of(seconds(time)) != day) break;
    written.push_back({std::move(waiting.front()), Status::Ok()});
    waiting.pop_front();
    PreparedReport& report = written.back().report;
    if (store_ && std::find(fleets.begin(), fleets.end(), report.fleet) == fleets.end()) {
      fleets.push_back(report.fleet);
      stores_.totals().DropStale(Month::Of(day), report.fleet, batch);
      stores_.periods().DropDay(day, report.fleet, batch);
      stores_.periods().DropWindows(Month::Of(day), report.fleet, batch);
    }
    const Result<Outcome> outcome = WriteOne(report, time, batch, gains);
    if (outcome.ok()) {
      written.back().outcome = *outcome;
    } else if (outcome.status().code() == Code::kInvalidArgument) {
      written.back().status = outcome.status();
    } else {
      return outcome.status();
    }
  }
  const Result<uint64_t> made_room = stores_.outbox().MakeRoom(batch);
  if (!made_room.ok()) return made_room.status();
  dropped = *made_room;
  return stores_.totals().Add(gains, batch);
}

Result<Outcome> Committer::WriteOne(PreparedReport& report, storage::UnixMilliseconds time,
                                    storage::Batch& batch, TotalsMap& gains) {
  Result<Outcome> outcome =
      store_ ? writer_.Write(report, std::chrono::floor<std::chrono::seconds>(time), batch, gains)
             : (report.parsed.samples.empty() ? Outcome::kEmpty : Outcome::kForwardOnly);
  if (outcome.ok() && *outcome != Outcome::kEmpty && !report.packed_body.empty()) {
    stores_.outbox().Append({time, report.fleet, report.id.text(), report.packed_body}, batch);
  }
  return outcome;
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
  log::Error("{} reports not stored: {}", unlogged_failures_, status.message());
  unlogged_failures_ = 0;
  next_failure_log_ = now + kFailureLogInterval;
}

void Committer::CountDropped(uint64_t reports) {
  dropped_.Add(reports);
  unlogged_drops_ += reports;
  const auto now = std::chrono::steady_clock::now();
  if (now < next_drop_log_) return;
  log::Error("the outbox is full: its oldest {} reports are dropped unsent", unlogged_drops_);
  unlogged_drops_ = 0;
  next_drop_log_ = now + kFailureLogInterval;
}

void Committer::CountStored(const Written& one) {
  metrics::Counter* const by_outcome[] = {&counters_.same, &counters_.changed, &counters_.full,
                                          &counters_.empty, &counters_.forward_only};
  by_outcome[static_cast<size_t>(one.outcome)]->Add();
  if (one.outcome != Outcome::kEmpty && !one.report.parsed.has_multiline_value) {
    recent_.Remember(one.report.id_hash, one.report.fingerprint);
  }
}

}  // namespace rollcall::ingest
