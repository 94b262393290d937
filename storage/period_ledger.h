// The ledger of periods: for which closed periods the tallies are stored, and which are being
// computed. What changes a day or a month of reports drops the periods that it touches, with the
// change itself; who asks next has them computed again.
//
// Begin, Finish and DeleteBefore make a transaction of their own. Readers need no ledger: a
// period's head is in the store exactly while its rows are right.
#pragma once

#include <map>
#include <memory>
#include <set>
#include <vector>

#include "storage/period_rows.h"
#include "storage/transaction.h"

namespace rollcall::storage {

class PeriodLedger final : private Participant {
 public:
  static Result<std::unique_ptr<PeriodLedger>> Open(Store& store);

  // Drop what a change of a day's chunks, or of a month's peaks, makes stale.
  void DropDay(Day day, FleetRef fleet, Transaction& transaction);
  void DropWindows(Month month, FleetRef fleet, Transaction& transaction);
  // Of a day whose chunks are kept no more: the day's own tallies stay, those that only begin or
  // end near it do not.
  void DropPartial(Day day, FleetRef fleet, Transaction& transaction);

  // A snapshot from which to compute a period.
  struct Cut {
    PeriodKey key;
    uint64_t epoch;
    Snapshot snapshot;
  };
  Cut Begin(const PeriodKey& key);
  // Stores what was computed from a cut of a closed period. False: it was dropped meanwhile. Where
  // the disk failed nothing is stored.
  Result<bool> Finish(const Cut& cut, const PeriodHead& head, const TallyRows& rows);

  // Deletes the stored periods of a kind that ended before `last`. Takes the writer lock. Where the
  // disk failed they stay.
  Status DeleteBefore(Period::Kind kind, uint32_t last, FleetRef fleet);

  // The earliest stored period of a kind; nullopt: there is none. Thread-safe.
  static Result<std::optional<Period>> FirstStored(const Store& store, Period::Kind kind,
                                                   FleetRef fleet);

 private:
  explicit PeriodLedger(Store& store) : store_(store) {}
  Status Load();
  void Drop(const PeriodKey& key, Transaction& transaction);
  // Those that have all these days and not only whole months.
  void DropPartial(Day first, Day last, FleetRef fleet, Transaction& transaction);
  void Committed() override { staged_drops_.clear(); }
  void Abandoned() override;

  Store& store_;
  uint64_t next_epoch_ = 1;
  std::set<PeriodKey> kept_;
  std::map<PeriodKey, uint64_t> computing_;  // period → epoch
  std::vector<PeriodKey> staged_drops_;      // of the transaction under way
  const Participation participation_{store_, *this};
};

}  // namespace rollcall::storage
