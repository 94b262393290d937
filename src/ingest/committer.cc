#include "ingest/committer.h"

#include <algorithm>
#include <chrono>
#include <new>
#include <unordered_set>

#include "base/log.h"

namespace rollcall::ingest {
namespace {

// Returns whether anything of the report is kept.
bool IsTaken(Outcome outcome) {
  return outcome != Outcome::kEmpty && outcome != Outcome::kTooLarge &&
         outcome != Outcome::kLimited;
}

}  // namespace

Committer::Committer(storage::Stores& stores, const Clock& clock, const CommitterOptions& options,
                     RecentReports& recent, ReportCounters& counters, metrics::Registry& registry)
    : stores_(stores),
      clock_(clock),
      store_(options.store),
      bounds_(options.bounds),
      recent_(recent),
      sources_(stores.store(), stores.sources(), options.source_cache_bytes),
      limits_(options.flood, registry),
      writer_(stores.labels(), stores.totals(), sources_, limits_,
              std::max(options.bounds.month_label_sets, options.bounds.series)),
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
      ahead_(registry.GetCounter(
          "rollcall_reports_ahead_total",
          "Reports received while the clock was ahead of the store's time, which did not follow")),
      counters_(counters),
      queue_length_(
          registry.GetGauge("rollcall_commit_queue_length", "Reports that wait to be committed")),
      cached_sources_(registry.GetGauge("rollcall_source_cache_sources",
                                        "Sources whose latest reports are in memory")),
      cached_bytes_(registry.GetGauge("rollcall_source_cache_bytes", "Memory they take")),
      thread_([this] { Run(); }) {}

Committer::~Committer() {
  {
    const MutexLock lock(mutex_);
    stopping_ = true;
  }
  work_.NotifyAll();
  thread_.join();
}

void Committer::Enqueue(PreparedReport&& report) {
  MutexLock lock(mutex_);
  while (queue_.size() >= kMaxQueued) room_.Wait(lock);
  queue_.push_back(std::move(report));
  queue_length_.Set(static_cast<int64_t>(queue_.size()));
  if (queue_.size() == 1) work_.NotifyOne();
}

void Committer::Run() {
  while (Await()) {
    if (!small_.empty()) {
      CommitSome(small_);
      continue;
    }
    std::deque<PreparedReport> one;
    one.push_back(std::move(large_.front()));
    large_.pop_front();
    const auto of_source = large_of_.find(one.front().id_hash);
    if (--of_source->second == 0) large_of_.erase(of_source);
    while (!one.empty()) CommitSome(one);
  }
}

bool Committer::Await() {
  std::deque<PreparedReport> arrived;
  if (small_.size() + large_.size() < kMaxQueued) {
    {
      MutexLock lock(mutex_);
      while (!stopping_ && queue_.empty() && small_.empty() && large_.empty()) work_.Wait(lock);
      std::swap(arrived, queue_);
      queue_length_.Set(0);
    }
    room_.NotifyAll();
  }
  if (small_.empty() && large_.empty() && std::none_of(arrived.begin(), arrived.end(), IsLarge)) {
    std::swap(small_, arrived);
  }
  for (PreparedReport& report : arrived) Place(std::move(report));
  return !small_.empty() || !large_.empty();
}

bool Committer::IsLarge(const PreparedReport& report) {
  const auto* const parsed = std::get_if<ParsedReport>(&report.content);
  return parsed != nullptr && parsed->samples.size() > kManySeries;
}

void Committer::Place(PreparedReport&& report) {
  if (!IsLarge(report) && (large_of_.empty() || !large_of_.contains(report.id_hash))) {
    return small_.push_back(std::move(report));
  }
  const Hash128 id_hash = report.id_hash;
  large_.push_back(std::move(report));
  ++large_of_[id_hash];
}

void Committer::CommitSome(std::deque<PreparedReport>& waiting) {
  const storage::ClockState clock = stores_.time().Follow(clock_.NowMilliseconds());
  if (clock == storage::ClockState::kImplausible) RefuseUndated(waiting);
  if (waiting.empty()) return;
  Round round;
  Status status;
  bool is_written = false;
  {
    storage::Transaction transaction(stores_.store());
    try {
      status = WriteSome(waiting, transaction, round);
      is_written = status.ok();
      if (is_written) status = Commit(transaction, round.written.size());
    } catch (const std::bad_alloc&) {
      status = Status::Unavailable("write reports: out of memory");
      is_written = true;  // none of them is to blame
    }
    if (round.written.empty() && round.again.empty() && !status.ok()) {
      // There was no memory for even the first report: answer it in place, so that the loop ends.
      counters_.Count(Outcome::kFailed);
      waiting.front().done(status);
      waiting.pop_front();
    }
    cached_sources_.Set(static_cast<int64_t>(sources_.size()));
    cached_bytes_.Set(static_cast<int64_t>(sources_.bytes()));
  }
  if (!is_written) {
    // The last report's source is unreadable: write the others without it.
    for (; round.written.size() > 1; round.written.erase(round.written.end() - 2)) {
      round.again.push_front(std::move(round.written[round.written.size() - 2].report));
    }
  }
  if (status.ok() && clock == storage::ClockState::kAhead) ahead_.Add(round.written.size());
  Answer(round.written, status);
  if (status.ok() && round.dropped > 0) CountDropped(round.dropped);
  PutBack(round.again, waiting);
}

void Committer::RefuseUndated(std::deque<PreparedReport>& waiting) {
  const Status status = Status::Unavailable("the clock says " + FormatRfc3339(clock_.Now()));
  std::erase_if(waiting, [&](PreparedReport& report) {
    if (report.time) return false;
    counters_.Count(Outcome::kFailed);
    report.done(status);
    return true;
  });
}

Status Committer::Commit(storage::Transaction& transaction, size_t reports) {
  if (transaction.empty()) return transaction.Commit();
  const auto begin = std::chrono::steady_clock::now();
  Status status = transaction.Commit();
  commit_seconds_.Observe(
      std::chrono::duration<double>(std::chrono::steady_clock::now() - begin).count());
  if (status.ok()) {
    commits_.Add();
    reports_per_commit_.Observe(static_cast<double>(reports));
  }
  return status;
}

Status Committer::WriteSome(std::deque<PreparedReport>& waiting, storage::Transaction& transaction,
                            Round& round) {
  // Reports are counted at their time of receipt.
  const UnixMilliseconds now = clock_.NowMilliseconds();
  const auto time_of = [&](const PreparedReport& report) {
    return report.time ? UnixMilliseconds(*report.time) : now;
  };
  const auto seconds = [](UnixMilliseconds time) {
    return std::chrono::floor<std::chrono::seconds>(time);
  };
  const Day day = Day::Of(seconds(time_of(waiting.front())));
  TotalsMap gains;
  std::vector<FleetRef> fleets;
  std::unordered_set<Hash128, Hash128Hasher> unparsed_ids;
  while (!waiting.empty() && round.written.size() + round.again.size() < kMaxReportsPerCommit &&
         transaction.bytes() < kMaxBytesPerCommit) {
    const UnixMilliseconds time = time_of(waiting.front());
    if (Day::Of(seconds(time)) != day) break;
    PreparedReport& report = round.written.emplace_back(std::move(waiting.front())).report;
    waiting.pop_front();
    if (store_ && std::find(fleets.begin(), fleets.end(), report.intake.fleet) == fleets.end()) {
      fleets.push_back(report.intake.fleet);
      stores_.totals().DropStale(Month::Of(day), report.intake.fleet, transaction);
      stores_.periods().DropDay(day, report.intake.fleet, transaction);
      stores_.periods().DropWindows(Month::Of(day), report.intake.fleet, transaction);
    }
    Result<std::optional<Outcome>> outcome = std::optional<Outcome>();
    if (!unparsed_ids.contains(report.id_hash)) {
      outcome = WriteOne(report, time, transaction, gains);
    }
    if (!outcome.ok()) return outcome.status();
    if (outcome->has_value()) {
      round.written.back().outcome = **outcome;
      round.written.back().limit = writer_.limit();
    } else {
      unparsed_ids.insert(report.id_hash);
      round.again.push_back(std::move(report));
      round.written.pop_back();
    }
  }
  const Result<uint64_t> dropped = stores_.outbox().MakeRoom(transaction);
  if (!dropped.ok()) return dropped.status();
  round.dropped = *dropped;
  return stores_.totals().Add(gains, transaction);
}

Result<std::optional<Outcome>> Committer::WriteOne(const PreparedReport& report,
                                                   UnixMilliseconds time,
                                                   storage::Transaction& transaction,
                                                   TotalsMap& gains) {
  Result<std::optional<Outcome>> outcome = std::optional(Outcome::kForwardOnly);
  if (store_) {
    outcome =
        writer_.Write(report, std::chrono::floor<std::chrono::seconds>(time), transaction, gains);
  } else if (std::get<ParsedReport>(report.content).samples.empty()) {
    outcome = std::optional(Outcome::kEmpty);
  }
  if (!report.packed_body.empty() && outcome.ok() && outcome->has_value() && IsTaken(**outcome)) {
    stores_.outbox().Append({time, report.intake.fleet, report.id.text(), report.packed_body},
                            transaction);
  }
  return outcome;
}

void Committer::PutBack(std::deque<PreparedReport>& again, std::deque<PreparedReport>& waiting) {
  for (auto report = again.rbegin(); report != again.rend(); ++report) {
    Status status;
    try {
      if (const auto* const body = std::get_if<UnparsedBody>(&report->content)) {
        ParsedReport parsed;
        std::optional<SourceId> id;
        ReportBound exceeded{};
        status = report->intake.format->Read(body->text, stores_.labels().hash_seed(),
                                             kNoReportBounds, id, parsed, exceeded);
        report->content = std::move(parsed);
      }
      if (status.ok()) {
        waiting.push_front(std::move(*report));
        continue;
      }
    } catch (const std::bad_alloc&) {
      status = Status::Unavailable("parse a report: out of memory");
    }
    counters_.Count(status.code() == Code::kInvalidArgument ? Outcome::kRefused : Outcome::kFailed);
    report->done(status);
  }
}

void Committer::Answer(std::vector<Written>& written, const Status& committed) {
  if (!committed.ok()) {
    failed_commits_.Add();
    if (committed.code() != Code::kUnavailable) LogFailure(written.size(), committed);
  }
  // To the sender, that code would mean that the report itself is at fault.
  const Status failure = committed.code() == Code::kFailedPrecondition
                             ? Status::Unavailable(committed.message())
                             : committed;
  for (Written& one : written) {
    if (!committed.ok()) {
      counters_.Count(Outcome::kFailed);
      one.report.done(failure);
    } else if (one.outcome == Outcome::kTooLarge) {
      counters_.CountTooLarge(ReportBound::kMonthLabelSets);
      one.report.done(TooLarge(ReportBound::kMonthLabelSets, bounds_));
    } else if (one.outcome == Outcome::kLimited) {
      counters_.Count(Outcome::kLimited);
      one.report.done(Status::TooMany(TextOf(one.limit)));
    } else {
      CountStored(one);
      one.report.done(Status::Ok());
    }
  }
}

// Only for failures other than those of the disk, which the store logs.
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
  counters_.Count(one.outcome);
  const auto* const parsed = std::get_if<ParsedReport>(&one.report.content);
  if (IsTaken(one.outcome) && (parsed == nullptr || !parsed->has_multiline_value)) {
    recent_.Remember(one.report.id_hash, one.report.fingerprint);
  }
}

}  // namespace rollcall::ingest
