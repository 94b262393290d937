// The ledger of periods: for which closed periods the tallies are stored, and which are being
// computed. A transaction that changes the reports of a day or a month also drops the stored
// periods that it touches; whoever asks for one next has it computed again.
//
// Owned by Stores. Calls without a transaction are thread-safe; those that write make their own.
// Readers need no ledger: a period's head is in the store exactly while its rows are right.
//
// It also remembers which days' reports changed while it was there, for those who keep in memory
// what they made of them.
#pragma once

#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <set>
#include <vector>

#include "base/mutex.h"
#include "storage/period_rows.h"
#include "storage/transaction.h"

namespace rollcall::storage {

class PeriodLedger final : private Participant {
 public:
  static Result<std::unique_ptr<PeriodLedger>> Open(Store& store);

  // Drop the periods that a change of a day's chunks, or of a month's peaks, makes stale; of whole
  // months only those that do not begin before `first_whole`.
  void DropDay(Day day, FleetRef fleet, Transaction& transaction);
  void DropWindows(Month month, FleetRef fleet, Transaction& transaction, Month first_whole = {});
  // The same for a day whose chunks retention has dropped: the day's own tallies stay; periods that
  // contain it and do not consist of whole months are dropped.
  void DropPartial(Day day, FleetRef fleet, Transaction& transaction);

  // A period that is being computed, and the snapshot to compute it from.
  struct Cut {
    PeriodKey key;
    uint64_t epoch;
    Snapshot snapshot;
  };
  Cut Begin(const PeriodKey& key);
  // Stores the tallies computed from the cut of a closed period and, where it is a day, its columns
  // (storage/day_columns.h), whose rows are freed one by one on the way; without them where
  // retention has dropped the day's chunks meanwhile. Returns false where the period was dropped
  // meanwhile. On failure nothing is stored.
  Result<bool> Finish(const Cut& cut, const PeriodHead& head, const TallyRows& rows,
                      TallyRows columns = {});

  // Drops the periods of a fleet, stored or being computed, for which `which` returns true. On
  // failure, which may be that of `which`, all stay.
  Status DropIf(FleetRef fleet, const std::function<Result<bool>(Period)>& which);

  // Returns how many transactions have changed days' reports so far. Whoever reads this, then takes
  // a snapshot, has all of these changes in it.
  uint64_t changes() const EXCLUDES(changes_mutex_);
  // Returns the first day whose reports were changed after the first `changes` of these; nullopt
  // where none were. What retention deletes is no change.
  std::optional<Day> FirstChangedSince(uint64_t changes) const EXCLUDES(changes_mutex_);
  // The same, but a transaction that is under way counts, as far as it has come. Whoever takes a
  // snapshot, then asks this, is told of each change that is in it.
  std::optional<Day> FirstChangingSince(uint64_t changes) const EXCLUDES(changes_mutex_);

  // Deletes the stored periods of a kind whose last day or month is before `last` (exclusive). On
  // failure they stay.
  Status DeleteBefore(Period::Kind kind, uint32_t last, FleetRef fleet);

  // Returns the earliest stored period of a kind; nullopt where there is none. Thread-safe.
  static Result<std::optional<Period>> FirstStored(const Store& store, Period::Kind kind,
                                                   FleetRef fleet);

 private:
  explicit PeriodLedger(Store& store) : store_(store) {}
  Status Load();
  void Drop(const PeriodKey& key, Transaction& transaction);
  // Drops the periods that contain all these days and do not consist of whole months.
  void DropPartial(Day first, Day last, FleetRef fleet, Transaction& transaction);
  std::optional<Day> FirstChanged(uint64_t changes) const REQUIRES(changes_mutex_);
  void Committed() override;
  void Abandoned() override;

  Store& store_;
  uint64_t next_epoch_ = 1;
  std::set<PeriodKey> kept_;
  std::map<PeriodKey, uint64_t> computing_;  // period → epoch
  std::vector<PeriodKey> staged_drops_;      // of the current transaction
  mutable Mutex changes_mutex_;
  std::set<Day> staged_days_ GUARDED_BY(changes_mutex_);  // which it changes
  uint64_t changes_ GUARDED_BY(changes_mutex_) = 0;
  std::map<Day, uint64_t> changed_ GUARDED_BY(changes_mutex_);  // by which change, the last time
  const Participation participation_{store_, *this};
};

}  // namespace rollcall::storage
