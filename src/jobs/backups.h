// The backups that a running server makes: one at a time, on a thread of their own, when somebody
// asks for one, or when the last one has become as old as the operator wants. Owned by the server;
// thread-safe.
#pragma once

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <thread>

#include "base/clock.h"
#include "base/mutex.h"
#include "base/status.h"
#include "metrics/registry.h"
#include "storage/backup.h"

namespace rollcall::jobs {

struct BackupSchedule {
  storage::BackupOptions backup;  // no directory: none is made but those that are asked for
  std::chrono::milliseconds interval = std::chrono::hours(24);
};

class Backups {
 public:
  // All references must outlive it.
  Backups(storage::Store& store, const Clock& clock, BackupSchedule schedule,
          metrics::Registry& registry);
  // Calls Stop.
  ~Backups();
  Backups(const Backups&) = delete;
  Backups& operator=(const Backups&) = delete;

  // Begins a backup; returns its number, counted from 1. FailedPrecondition: another one is under
  // way, or the server is being stopped.
  Result<uint64_t> Start(const storage::BackupOptions& options);

  // How the latest one fares.
  struct View {
    uint64_t run = 0;  // its number; 0: there was none since the start
    bool is_running = false;
    std::string directory;
    uint64_t done_bytes = 0;
    uint64_t all_bytes = 0;
    std::optional<storage::Backup> made;  // where it is there
    std::string failure;                  // where it failed
  };
  View view() const;

  // Whether backups are made without being asked for, and the work of the job that does it: begins
  // one if it is due. What becomes of it is told by the log and the metrics.
  bool has_schedule() const { return !schedule_.backup.directory.empty(); }
  const BackupSchedule& schedule() const { return schedule_; }
  Status StartIfDue();

  // Ends the one under way, which is then not there, and begins no further one.
  void Stop();

 private:
  using Steady = std::chrono::steady_clock;

  void Run(const storage::BackupOptions& options, const std::stop_token& stop);
  // Notes the newest backup of the schedule's directory, if there is one.
  void LookForLast();

  storage::Store& store_;
  const Clock& clock_;
  const BackupSchedule schedule_;
  metrics::Counter& succeeded_;
  metrics::Counter& failed_;
  metrics::Gauge& seconds_;

  mutable Mutex mutex_;
  bool stopped_ GUARDED_BY(mutex_) = false;
  View view_ GUARDED_BY(mutex_);
  bool has_looked_ GUARDED_BY(mutex_) = false;
  std::optional<storage::Backup> last_ GUARDED_BY(mutex_);  // in the schedule's directory
  uint32_t failures_ GUARDED_BY(mutex_) = 0;                // in a row
  Steady::time_point next_try_ GUARDED_BY(mutex_){};
  std::jthread thread_ GUARDED_BY(mutex_);
};

}  // namespace rollcall::jobs
