// The store's own time, which decides what may be deleted or made final. It follows the wall clock
// as storage/clock_rule says, and is kept in the store. Reports are counted by their time of
// receipt, which is the wall clock's; they are deleted by this one.
//
// A Clock: its Now is the store's time as of the latest Follow.
//
// Owned by Stores. Thread-safe; Persist makes a transaction.
#pragma once

#include <chrono>
#include <memory>
#include <optional>
#include <string>

#include "base/civil_time.h"
#include "base/clock.h"
#include "base/mutex.h"
#include "base/status.h"
#include "storage/clock_rule.h"
#include "storage/outbox_row.h"
#include "storage/store.h"

namespace rollcall::storage {

class StoreTime final : public Clock {
 public:
  using Steady = std::chrono::steady_clock::time_point;

  // Reads the time. A store with reports but no time, written by an earlier version, gets that of
  // its newest report.
  static Result<std::unique_ptr<StoreTime>> Open(Store& store);

  // Looks at the wall clock and returns its state. Must be called first by whoever is about to
  // store something under that time. Logs a change of state.
  ClockState Follow(UnixMilliseconds wall, Steady steady = std::chrono::steady_clock::now());

  UnixMilliseconds NowMilliseconds() const override;
  // Returns the time that retention may delete by; nullopt where nothing may be deleted now: the
  // time has no day of uptime behind it, or the clock shows an earlier time.
  std::optional<UnixSeconds> TimeToDeleteBy() const;

  struct View {
    ClockState state = ClockState::kFollowed;
    ClockRecord record;
    // How far the clock is ahead of the store's time (negative: behind) while that does not follow
    // it; 0 while it does.
    std::chrono::seconds held_back() const;
    // Where both stand, and what follows from it: a sentence for the log and the operator.
    std::string Explain() const;
  };
  View view() const;

  // Sets the store's time to the wall clock, because a person says that it is right.
  // FailedPrecondition: the clock was never set.
  Status Accept(UnixSeconds wall);
  // Stores the time where it has changed enough to be worth it; only then takes the writer lock.
  Status Persist();

 private:
  explicit StoreTime(Store& store) : store_(store) {}
  Status Load();
  bool HasNoReports() const;
  bool IsWorthPersisting() const;
  void LogChange(ClockState before, const View& now) const;

  Store& store_;

  mutable Mutex mutex_;
  ClockRecord persisted_ GUARDED_BY(mutex_);
  View view_ GUARDED_BY(mutex_);
  std::optional<Day> newest_report_ GUARDED_BY(mutex_);  // only in a store without a time
  std::optional<Steady> last_look_ GUARDED_BY(mutex_);
};

}  // namespace rollcall::storage
