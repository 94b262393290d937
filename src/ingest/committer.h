// The committer: the only thread that writes reports. It takes all that wait, writes them in one
// transaction with one sync, and answers each of them. The longer a sync takes, the more reports
// share the next. Owned by the ingester.
#pragma once

#include <chrono>
#include <deque>
#include <thread>
#include <unordered_map>
#include <utility>
#include <vector>

#include "base/clock.h"
#include "base/mutex.h"
#include "ingest/flood_limits.h"
#include "ingest/prepared_report.h"
#include "ingest/recent_reports.h"
#include "ingest/report_counters.h"
#include "ingest/report_writer.h"
#include "ingest/source_table.h"
#include "metrics/registry.h"
#include "storage/stores.h"

namespace rollcall::ingest {

struct CommitterOptions {
  size_t source_cache_bytes = 0;
  bool store = true;  // false: writes only a report's row in the outbox
  ReportBounds bounds;
  FloodOptions flood;
};

class Committer {
 public:
  Committer(storage::Stores& stores, const Clock& clock, const CommitterOptions& options,
            RecentReports& recent, ReportCounters& counters, metrics::Registry& registry);
  // Commits what is still queued, then ends the thread.
  ~Committer();
  Committer(const Committer&) = delete;
  Committer& operator=(const Committer&) = delete;

  // Queues a report. Thread-safe. Blocks while the queue is full; a caller that must not block
  // keeps fewer than kMaxQueued reports under way. If it throws, the report is unchanged.
  void Enqueue(PreparedReport&& report);

  static constexpr size_t kMaxQueued = 32'768;

  // Drops what is remembered of a source. For another writer whose transaction changes the source's
  // rows; called within that transaction.
  void Forget(const Hash128& id_hash, const storage::Transaction& transaction) {
    sources_.Forget(id_hash, transaction);
  }

 private:
  // The most reports in one commit. All of them are of one day, so that within the commit memory
  // alone knows a source's rows.
  static constexpr size_t kMaxReportsPerCommit = 2'048;
  // The size at which a commit takes no further report. So many new bytes take at most 30 ms to
  // write, during which the next reports wait.
  static constexpr size_t kMaxBytesPerCommit = 2 * 1024 * 1024;
  // A report with more series is large: it is written alone, after all that are not large.
  static constexpr size_t kManySeries = 500;
  static constexpr std::chrono::seconds kFailureLogInterval{10};

  struct Written {
    explicit Written(PreparedReport&& from) : report(std::move(from)) {}

    PreparedReport report;
    Outcome outcome = Outcome::kEmpty;
    FloodLimit limit{};  // of kLimited
  };

  void Run();
  // Takes over what was enqueued, and waits for it if there is nothing else to do. Returns false at
  // the end.
  bool Await();
  static bool IsLarge(const PreparedReport& report);
  // Puts the report into small_; or into large_ if it is large, or a report of its source is there.
  void Place(PreparedReport&& report);
  void CommitSome(std::deque<PreparedReport>& waiting);
  // Fails the reports without a time of their own: the clock would date them, and it
  // is implausible.
  void RefuseUndated(std::deque<PreparedReport>& waiting);
  // What one transaction takes from the waiting reports.
  struct Round {
    std::vector<Written> written;
    // For the next transaction, in order: bodies that must be parsed first, and what their sources
    // sent after them.
    std::deque<PreparedReport> again;
    uint64_t dropped = 0;  // reports that were dropped from the outbox to make room
  };
  // Moves reports from `waiting` into the transaction. A failure counts as that of the last one
  // in `round.written`.
  Status WriteSome(std::deque<PreparedReport>& waiting, storage::Transaction& transaction,
                   Round& round);
  // As ReportWriter::Write; also appends the report to the outbox if it is forwarded. Where reports
  // are not stored, the outcome is kForwardOnly or kEmpty.
  Result<std::optional<Outcome>> WriteOne(const PreparedReport& report, UnixMilliseconds time,
                                          storage::Transaction& transaction, TotalsMap& gains);
  Status Commit(storage::Transaction& transaction, size_t reports);
  // Parses the reports and puts them at the front of `waiting`. Answers one that does not parse.
  void PutBack(std::deque<PreparedReport>& again, std::deque<PreparedReport>& waiting);
  void Answer(std::vector<Written>& written, const Status& committed);
  void LogFailure(size_t reports, const Status& status);
  void CountDropped(uint64_t reports);
  void CountStored(const Written& one);

  storage::Stores& stores_;
  const Clock& clock_;
  const bool store_;
  const ReportBounds bounds_;
  RecentReports& recent_;
  SourceTable sources_;
  FloodLimits limits_;
  ReportWriter writer_;

  // The fields down to next_drop_log_ belong to the thread alone.
  std::deque<PreparedReport> small_;
  std::deque<PreparedReport> large_;
  std::unordered_map<Hash128, size_t, Hash128Hasher> large_of_;  // reports in large_, by source
  size_t unlogged_failures_ = 0;                                 // number of reports
  std::chrono::steady_clock::time_point next_failure_log_{};
  uint64_t unlogged_drops_ = 0;
  std::chrono::steady_clock::time_point next_drop_log_{};

  metrics::Counter& commits_;
  metrics::Counter& failed_commits_;
  metrics::Histogram& commit_seconds_;
  metrics::Histogram& reports_per_commit_;
  metrics::Counter& dropped_;
  metrics::Counter& ahead_;
  ReportCounters& counters_;
  metrics::Gauge& queue_length_;
  metrics::Gauge& cached_sources_;
  metrics::Gauge& cached_bytes_;

  Mutex mutex_;
  ConditionVariable work_;
  ConditionVariable room_;
  std::deque<PreparedReport> queue_ GUARDED_BY(mutex_);
  bool stopping_ GUARDED_BY(mutex_) = false;
  std::thread thread_;  // last: it uses the rest
};

}  // namespace rollcall::ingest
