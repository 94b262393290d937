// The ledger of totals: for which months the totals of the windows that end with them are kept, and
// their rows. total = base + live:
//
//   base  what a scan over the sources' peaks found in a snapshot (counts/window_scan),
//   live  what each report since that snapshot added, committed with the report itself.
//
// A month is `computing` from its snapshot (Begin) until the scan's result is stored (Finish); what
// reports add meanwhile waits in memory. Then it is `kept`: each commit writes the rows' new
// values, and a reader finds base + live as one sum in a row. A month that is neither costs its
// reports nothing. A change to an earlier month of a window (an import, a clock set back) drops the
// window; whoever asks for it next has it computed again.
//
// Owned by Stores. Calls belong to a transaction; Begin, Finish and MarkFinal make their own. A
// reader needs none: a snapshot that has the kWindows row has the right kTotals rows.
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

  // Whether this month is kept or being computed, as of the current transaction, so that its gains
  // must be added.
  bool Follows(const WindowKey& window) const { return windows_.contains(window); }
  // Drops what a change in `month` makes stale: windows that end later, and the mark that an
  // overview of the month is final.
  void DropStale(Month month, FleetRef fleet, Transaction& transaction);
  // Drops a month for which the gains of a change cannot be told.
  void Drop(const WindowKey& window, Transaction& transaction);
  // Adds gains to the rows of months that are kept or being computed; skips others. Must be called
  // at most once per transaction.
  Status Add(const TotalsMap& gains, Transaction& transaction);

  // A month that is being computed, and the snapshot to compute its base from.
  struct Cut {
    WindowKey window;
    uint64_t epoch;
    Snapshot snapshot;
  };
  // Begins to compute a month; nullopt where its totals are kept already.
  Result<std::optional<Cut>> Begin(const WindowKey& window);
  // Stores the base computed from a cut. Returns false where the window was dropped meanwhile:
  // begin again.
  Result<bool> Finish(const Cut& cut, const TotalsMap& base);
  // Marks the overview of a closed month as given out; does nothing where its totals are not kept.
  Status MarkFinal(const WindowKey& window, const WindowRecord& record);

  // For readers, on any thread. Returns nullopt where the totals of the window are not kept.
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

  // Changes of the current transaction.
  TotalsMap staged_rows_;
  TotalsMap staged_pending_;
  std::vector<std::pair<WindowKey, Entry>> staged_drops_;
  std::vector<WindowKey> staged_reopened_;
  const Participation participation_{store_, *this};
};

}  // namespace rollcall::storage
