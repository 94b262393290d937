// The committer: the one thread that writes reports. It takes what waits, makes one transaction of
// it, synced once, and tells everyone who waited. The longer a sync takes, the more reports share
// the next.
#pragma once

#include <chrono>
#include <deque>
#include <thread>
#include <unordered_map>
#include <utility>
#include <vector>

#include "base/clock.h"
#include "base/mutex.h"
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
  bool store = true;  // false: of a report nothing is written but its row in the outbox
  ReportBounds bounds;
};

class Committer {
 public:
  Committer(storage::Stores& stores, const Clock& clock, const CommitterOptions& options,
            RecentReports& recent, ReportCounters& counters, metrics::Registry& registry);
  // Commits what is still queued, then ends.
  ~Committer();
  Committer(const Committer&) = delete;
  Committer& operator=(const Committer&) = delete;

  // Thread-safe. Blocks while the queue is full: whoever must not block keeps fewer reports under
  // way than kMaxQueued. What it throws leaves the report as it was.
  void Enqueue(PreparedReport&& report);

  static constexpr size_t kMaxQueued = 32'768;

  // Where another's transaction changes a source's rows.
  void Forget(const Hash128& id_hash, const storage::Transaction& transaction) {
    sources_.Forget(id_hash, transaction);
  }

 private:
  // A commit's reports are of one day: within it a source's rows are known from memory alone.
  static constexpr size_t kMaxReportsPerCommit = 2'048;
  // What is new in them takes 30 ms at most to write, for which the next wait.
  static constexpr size_t kMaxBytesPerCommit = 2 * 1024 * 1024;
  // A report of more is large: it is written alone, and after all that are not.
  static constexpr size_t kManySeries = 500;
  static constexpr std::chrono::seconds kFailureLogInterval{10};

  struct Written {
    explicit Written(PreparedReport&& from) : report(std::move(from)) {}

    PreparedReport report;
    Outcome outcome = Outcome::kEmpty;
  };

  void Run();
  // Takes over what was enqueued, and waits for it where nothing is left to do. False: the end.
  bool Await();
  static bool IsLarge(const PreparedReport& report);
  // Into small_, or where it is large, or comes after one of its source, into large_.
  void Place(PreparedReport&& report);
  void CommitSome(std::deque<PreparedReport>& waiting);
  // Answers those that have no time of their own, and would get one that cannot be theirs.
  void RefuseUndated(std::deque<PreparedReport>& waiting);
  // What one transaction takes of those that wait.
  struct Round {
    std::vector<Written> written;
    // For the next one, in order: bodies that must be parsed first, what their sources sent after.
    std::deque<PreparedReport> again;
    uint64_t dropped = 0;  // reports that leave the outbox for them
  };
  // Moves reports from `waiting` into the transaction. A failure is that of the last one written.
  Status WriteSome(std::deque<PreparedReport>& waiting, storage::Transaction& transaction,
                   Round& round);
  // As ReportWriter::Write.
  Result<std::optional<Outcome>> WriteOne(const PreparedReport& report, UnixMilliseconds time,
                                          storage::Transaction& transaction, TotalsMap& gains);
  Status Commit(storage::Transaction& transaction, size_t reports);
  // To the front of those that wait, parsed. One that does not parse is answered.
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
  ReportWriter writer_;

  // For its own thread, like the next ones.
  std::deque<PreparedReport> small_;
  std::deque<PreparedReport> large_;
  std::unordered_map<Hash128, size_t, Hash128Hasher> large_of_;  // how many of a source are in it
  size_t unlogged_failures_ = 0;                                 // of reports
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
