// The ledger of totals: for which months the totals of the windows that end with them are kept, and
// the rows. total = base + live:
//
//   base  what a scan over the sources' peaks found in a snapshot (counts/window_scan),
//   live  what each report since that snapshot added, committed with the report itself.
//
// A month is `computing` from its snapshot (Begin) until the scan's result is in (Finish): gains
// that reports bring meanwhile wait in memory. Then it is `kept`: each commit writes the rows' new
// values, and a reader finds base + live summed in one row. A month that is neither costs its
// reports nothing. What changes a month behind a window's end (an import, a clock set back) drops
// the windows that it touches; the next reader has them computed again.
//
// Everything here belongs to a transaction; Begin, Finish and MarkFinal make their own. A reader
// needs none: a snapshot in which the kWindows row is there has the right kTotals rows.
#pragma once

#include <map>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "model/totals.h"
#include "storage/keys.h"
#include "storage/row_codec.h"
#include "storage/transaction.h"

namespace rollcall::storage {

class TotalsLedger final : private Participant {
 public:
  static Result<std::unique_ptr<TotalsLedger>> Open(Store& store);

  // Whether gains of this month are wanted, as of the transaction under way.
  bool Follows(const WindowKey& window) const { return windows_.contains(window); }
  // Drops what a report in `month` makes stale: windows that end later, and that an overview of the
  // month was final.
  void DropStale(Month month, FleetRef fleet, Transaction& transaction);
  // Drops a month of which it cannot be told any more what a report adds.
  void Drop(const WindowKey& window, Transaction& transaction);
  // Adds gains to the rows of months that are followed (others are passed over). At most once a
  // transaction.
  Status Add(const TotalsMap& gains, Transaction& transaction);

  // A snapshot from which to compute a month's base; nullopt where the totals are kept already.
  struct Cut {
    WindowKey window;
    uint64_t epoch;
    Snapshot snapshot;
  };
  Result<std::optional<Cut>> Begin(const WindowKey& window);
  // Stores the base that was computed from a cut. False: the window was dropped meanwhile; begin
  // again.
  Result<bool> Finish(const Cut& cut, const TotalsMap& base);
  // Notes that an overview of a closed month was given; nothing where its totals are not kept.
  Status MarkFinal(const WindowKey& window, const WindowRecord& record);

  // Reader's side. nullopt: the totals of the window are not kept.
  static Result<std::optional<WindowRecord>> ReadWindow(const Store& store, const WindowKey& window,
                                                        const Snapshot& snapshot);

 private:
  struct Entry {
    uint64_t epoch = 0;
    bool kept = false;  // else computing
    bool final = false;
    TotalsMap pending;  // gains since the cut, while computing
  };

  using Windows = std::map<WindowKey, Entry>;

  explicit TotalsLedger(Store& store) : store_(store) {}
  Status Load();
  Result<TotalsRow> RowOf(const TotalsKey& key) const;
  static void DropRows(const WindowKey& window, Transaction& transaction);
  // Returns the window after it.
  Windows::iterator DropWindow(Windows::iterator at, Transaction& transaction);
  void Committed() override;
  void Abandoned() override;

  Store& store_;
  uint64_t next_epoch_ = 1;
  Windows windows_;
  TotalsMap rows_;  // cache of rows as stored; bounded

  // Of the transaction under way:
  TotalsMap staged_rows_;
  TotalsMap staged_pending_;
  std::vector<std::pair<WindowKey, Entry>> staged_drops_;
  std::vector<WindowKey> staged_reopened_;
  const Participation participation_{store_, *this};
};

}  // namespace rollcall::storage
