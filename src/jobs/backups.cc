#include "jobs/backups.h"

#include <algorithm>
#include <utility>

#include "base/background.h"
#include "base/log.h"

namespace rollcall::jobs {
namespace {

// The wait after a failure, for a disk that is full is not emptied within a moment.
constexpr std::chrono::minutes kRetryInterval{10};

}  // namespace

Backups::Backups(storage::Store& store, const Clock& clock, BackupSchedule schedule,
                 metrics::Registry& registry)
    : store_(store),
      clock_(clock),
      schedule_(std::move(schedule)),
      succeeded_(registry.GetCounter("rollcall_backup_runs_total", "Backups that ended",
                                     {{"result", "ok"}})),
      failed_(registry.GetCounter("rollcall_backup_runs_total", "Backups that ended",
                                  {{"result", "error"}})),
      seconds_(registry.GetGauge("rollcall_backup_duration_seconds",
                                 "Time that the latest backup took, whole or not")) {
  if (!has_schedule()) return;
  const auto add = [this, &registry](const char* name, const char* help, auto read) {
    registry.AddCallback(name, help, [this, read] {
      std::vector<metrics::Registry::Reading> readings;
      const MutexLock lock(mutex_);
      if (last_) readings.push_back({{}, static_cast<double>(read(*last_))});
      return readings;
    });
  };
  add("rollcall_backup_last_timestamp_seconds", "When the newest backup in --backup-dir was made",
      [](const storage::Backup& last) { return last.time.time_since_epoch().count(); });
  add("rollcall_backup_size_bytes", "Size of that backup, with what it shares with others",
      [](const storage::Backup& last) { return last.bytes; });
}

Backups::~Backups() { Stop(); }

void Backups::Stop() {
  std::jthread thread;
  {
    const MutexLock lock(mutex_);
    stopped_ = true;
    thread = std::move(thread_);
  }
  thread.request_stop();
  if (thread.joinable()) thread.join();
}

Result<uint64_t> Backups::Start(const storage::BackupOptions& options) {
  const MutexLock lock(mutex_);
  if (stopped_) return Status::FailedPrecondition("backup: the server is being stopped");
  if (view_.is_running) {
    return Status::FailedPrecondition("backup: one into " + view_.directory + " is under way");
  }
  View view;
  view.run = view_.run + 1;
  view.is_running = true;
  view.directory = options.directory;
  view_ = std::move(view);
  if (thread_.joinable()) thread_.join();  // it has ended
  thread_ = std::jthread([this, options](std::stop_token stop) { Run(options, stop); });
  return view_.run;
}

void Backups::Run(const storage::BackupOptions& options, const std::stop_token& stop) {
  EnterBackground();
  const auto begin = Steady::now();
  const auto note = [this](uint64_t done, uint64_t all) {
    const MutexLock lock(mutex_);
    view_.done_bytes = done;
    view_.all_bytes = all;
  };
  const Result<storage::Backup> made = storage::MakeBackup(store_, options, note, stop);
  const auto end = Steady::now();
  seconds_.Set(std::chrono::duration_cast<std::chrono::seconds>(end - begin).count());
  const bool scheduled = options.directory == schedule_.backup.directory;
  const MutexLock lock(mutex_);
  view_.is_running = false;
  if (made.ok()) {
    view_.made = *made;
    succeeded_.Add();
    log::Info("backup {} in {}: {} bytes", made->id, options.directory, made->bytes);
    if (!scheduled) return;
    last_ = *made;
    failures_ = 0;
    return;
  }
  view_.failure = made.status().message();
  // One that the stop cut short says nothing about itself.
  if (stop.stop_requested()) return;
  failed_.Add();
  if (!scheduled) return;
  next_try_ = end + std::min<std::chrono::milliseconds>(schedule_.interval, kRetryInterval);
  if (++failures_ == 1) {
    log::Warn("{}; it is tried again every {} s", view_.failure,
              std::chrono::duration_cast<std::chrono::seconds>(next_try_ - end).count());
  }
}

Backups::View Backups::view() const {
  const MutexLock lock(mutex_);
  return view_;
}

void Backups::LookForLast() {
  const auto backups = storage::ListBackups(schedule_.backup.directory);
  const MutexLock lock(mutex_);
  has_looked_ = true;
  if (!backups.ok()) return;
  for (const storage::Backup& backup : *backups) {
    if (backup.damage.empty()) last_ = backup;
  }
}

Status Backups::StartIfDue() {
  bool has_looked = false;
  {
    const MutexLock lock(mutex_);
    has_looked = has_looked_;
  }
  if (!has_looked) LookForLast();
  {
    const MutexLock lock(mutex_);
    if (stopped_ || view_.is_running || Steady::now() < next_try_) return Status::Ok();
    if (last_) {
      // One from the future, of a clock that was wrong, is as good as none.
      const auto age = clock_.Now() - last_->time;
      if (age >= std::chrono::seconds(0) && age < schedule_.interval) return Status::Ok();
    }
  }
  // Another one may have begun just now: then this has time.
  static_cast<void>(Start(schedule_.backup).ok());
  return Status::Ok();
}

}  // namespace rollcall::jobs
