// The store's own time: what decides what may be deleted or settled for good. It follows the wall
// clock as storage/clock_rule says, and is kept in the store. What is counted goes by the time of
// receipt, which is the wall clock's; what is deleted goes by this one.
//
// A Clock: its Now is the store's time as of the latest Follow.
//
// Owned by Stores. Thread-safe; Persist is a transaction.
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

  // A store that has reports and no time of its own, written by an earlier version, has that of its
  // newest report.
  static Result<std::unique_ptr<StoreTime>> Open(Store& store);

  // Looks at the wall clock. Whoever is about to store something under it calls this first. Logs a
  // change of state.
  ClockState Follow(UnixMilliseconds wall, Steady steady = std::chrono::steady_clock::now());

  UnixMilliseconds NowMilliseconds() const override;
  // Up to when everything is due that goes by age; nullopt: nothing is deleted now, because the
  // time has no day of uptime behind it, or the clock says that it is earlier.
  std::optional<UnixSeconds> TimeToDeleteBy() const;

  struct View {
    ClockState state = ClockState::kFollowed;
    ClockRecord record;
    // How far the clock is from the store's time while that does not follow; 0 while it does.
    std::chrono::seconds held_back() const;
    // For the log and for people: where both stand, and what follows from it.
    std::string Explain() const;
  };
  View view() const;

  // A person says that the wall clock is right. FailedPrecondition: it was never set.
  Status Accept(UnixSeconds wall);
  // Writes the time down where it changed by enough to be worth a write; takes the writer lock only
  // then.
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
  std::optional<Day> newest_report_ GUARDED_BY(mutex_);  // of a store without a time
  std::optional<Steady> last_look_ GUARDED_BY(mutex_);
};

}  // namespace rollcall::storage
