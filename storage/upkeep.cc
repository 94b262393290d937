#include "storage/upkeep.h"

#include <rocksdb/db.h>

#include "base/log.h"

namespace rollcall::storage {
namespace {

using std::chrono::steady_clock;

constexpr std::chrono::milliseconds kLookInterval{500};
constexpr std::chrono::milliseconds kMendInterval{100};
// While the disk is full each try to recover writes to it until it is full again.
constexpr std::chrono::seconds kResumeInterval{1};
constexpr std::chrono::seconds kStopPatience{2};
// By how much more than the floor has to be free before writing goes on: so the line is not crossed
// with every report.
constexpr uint64_t kSlackBytes = 8 * 1024 * 1024;

}  // namespace

Upkeep::Upkeep(std::string directory, rocksdb::DB& db,
               const std::vector<rocksdb::ColumnFamilyHandle*>& tables, RocksFiles& files,
               FreeSpace& space, BackgroundErrors& errors, std::chrono::milliseconds patience)
    : directory_(std::move(directory)),
      db_(db),
      tables_(tables),
      files_(files),
      space_(space),
      errors_(errors),
      patience_(patience),
      thread_([this](std::stop_token stop) { Run(stop); }) {}

Status Upkeep::Admit(uint64_t bytes, bool gives_room_back) {
  if (writable()) {
    Status room = space_.Check(bytes);
    if (room.ok()) return room;
    Enter({State::kNoRoom, room.message()});
  }
  if (gives_room_back && state() == State::kNoRoom) return space_.CheckHalf(bytes);
  const std::string why = reason();
  // It became writable meanwhile, and was not when this was asked.
  return Status::Unavailable(why.empty() ? "the store was not writable" : why);
}

void Upkeep::Failed(const std::string& cause) {
  {
    const MutexLock lock(mutex_);
    ++failures_;
  }
  Enter({State::kFailing, cause});
  failed_.NotifyAll();
}

Upkeep::State Upkeep::state() const {
  const MutexLock lock(mutex_);
  if (resuming_since_ && steady_clock::now() - *resuming_since_ > patience_) {
    const auto waiting = files_.waiting();
    if (!waiting || !waiting->for_room) return State::kLost;
  }
  return view_.state;
}

std::string Upkeep::reason() const {
  const MutexLock lock(mutex_);
  return view_.reason;
}

bool Upkeep::Stop() {
  if (!thread_.joinable()) return true;
  thread_.request_stop();
  {
    MutexLock lock(mutex_);
    const auto end = steady_clock::now() + kStopPatience;
    while (!ended_) {
      if (!ended_changed_.WaitUntil(lock, end) && !ended_) return false;
    }
  }
  thread_.join();
  return true;
}

void Upkeep::Run(std::stop_token stop) {
  uint64_t failures_seen = 0;
  while (!stop.stop_requested()) {
    View view = Mend();
    MutexLock lock(mutex_);
    // A write that failed after Mend had looked is looked after first.
    if (failures_ == failures_seen) {
      lock.unlock();
      Enter(std::move(view));
      lock.lock();
    }
    failures_seen = failures_;
    failed_.WaitFor(lock, stop, writable() ? kLookInterval : kMendInterval,
                    [&]() REQUIRES(mutex_) { return failures_ != failures_seen; });
  }
  const MutexLock lock(mutex_);
  ended_ = true;
  ended_changed_.NotifyAll();
}

Upkeep::View Upkeep::Mend() {
  LeaveDamagedTables();
  if (auto left = MendLogs()) return *left;
  if (const auto waiting = files_.waiting()) {
    const bool for_long = steady_clock::now() - waiting->since > patience_;
    return {!waiting->for_room && for_long ? State::kLost
            : waiting->for_room            ? State::kNoRoom
                                           : State::kFailing,
            waiting->cause};
  }
  if (const Status room = space_.Check(writable() ? 0 : kSlackBytes); !room.ok()) {
    return {State::kNoRoom, room.message()};
  }
  if (auto left = MendDatabase()) return *left;
  return {};
}

std::optional<Upkeep::View> Upkeep::MendLogs() {
  if (!files_.has_unwritten_logs()) return std::nullopt;
  const rocksdb::IOStatus s = files_.SyncLogs();
  const auto now = steady_clock::now();
  if (s.ok() || s.IsNoSpace()) logs_failed_since_.reset();
  if (s.ok()) return std::nullopt;
  if (s.IsNoSpace()) return View{State::kNoRoom, files_.Text(s)};
  if (!logs_failed_since_) logs_failed_since_ = now;
  return View{now - *logs_failed_since_ > patience_ ? State::kLost : State::kFailing,
              files_.Text(s)};
}

std::optional<Upkeep::View> Upkeep::MendDatabase() {
  if (!errors_.any()) return std::nullopt;
  const auto now = steady_clock::now();
  if (now < next_resume_) return View{State::kFailing, reason()};
  next_resume_ = now + kResumeInterval;
  // Not writable from here on, however long RocksDB takes; errors from here on are new ones.
  Enter({State::kFailing, files_.Text(errors_.Take())});
  {
    const MutexLock lock(mutex_);
    resuming_since_ = now;
  }
  const rocksdb::Status s = db_.Resume();
  {
    const MutexLock lock(mutex_);
    resuming_since_.reset();
  }
  if (s.ok() && !errors_.any()) return std::nullopt;
  if (s.ok()) return View{State::kFailing, reason()};
  errors_.Note(s);
  const std::string reason = "recover: " + files_.Text(s);
  if (s.severity() < rocksdb::Status::Severity::kFatalError) return View{State::kFailing, reason};
  return View{s.IsIOError() ? State::kLost : State::kDamaged, reason};
}

void Upkeep::LeaveDamagedTables() {
  for (const auto& [name, status] : errors_.TakeDamaged()) {
    for (rocksdb::ColumnFamilyHandle* const table : tables_) {
      if (table->GetName() != name) continue;
      // RocksDB would try again every second, and hold writes back for what it cannot compact. That
      // its file of options is not written does not matter: nobody reads it.
      db_.SetOptions(table, {{"disable_auto_compactions", "true"}}).PermitUncheckedError();
      log::Error(
          "store {}: damaged: {} of {}; the table is no longer compacted, and only what needs the "
          "damaged rows is refused; see rollcall verify and rollcall repair",
          directory_, files_.Text(status), name);
    }
  }
}

void Upkeep::Enter(View view) {
  const MutexLock lock(mutex_);
  const auto now = steady_clock::now();
  const bool was_writable = view_.state == State::kWritable;
  const bool is_writable = view.state == State::kWritable;
  // One line for all that a bad disk does, and one where this process gives it up.
  const bool is_news =
      is_writable != was_writable || (view.state != view_.state && view.state >= State::kDamaged);
  view_ = std::move(view);
  writable_ = is_writable;
  if (!is_news) return;
  if (was_writable) entered_ = now;
  if (is_writable) {
    log::Info("store {}: writable again after {} s", directory_,
              std::chrono::duration_cast<std::chrono::seconds>(now - entered_).count());
  } else {
    log::Error("store {}: not writable: {}", directory_, view_.reason);
  }
}

}  // namespace rollcall::storage
