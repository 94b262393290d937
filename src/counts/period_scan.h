// The scan behind a period's tallies. Whole months are counted from the sources' monthly peaks, a
// day from its chunks, and a month of which only some days count from both. What the sources had in
// their latest reports (KeepsDistributions) is read from chunks. Thread-safe.
#pragma once

#include <stop_token>

#include "counts/tally_builder.h"
#include "model/period.h"
#include "storage/stores.h"

namespace rollcall::counts {

struct ScannedPeriod {
  SourceSet sources;  // that reported the fleet's counted metric; see KeepsSources
  storage::TallyRows rows;
  storage::TallyRows columns;  // of a day (storage/day_columns.h), where they are asked for
};

enum class Columns { kLeaveOut, kAddThoseOfADay };

// Counts a period by a scan. DataLoss: a row of the store cannot be decoded; Unavailable: a stop
// was requested. Memory: about 300 bytes per distinct label set, and 16 per figure and distinct
// number of it; with the columns of a day about 300 per source, at most kMostBytes of their
// builder.
Result<ScannedPeriod> ScanPeriod(storage::Stores& stores, const Fleet& fleet, Period period,
                                 const storage::Snapshot& snapshot, Columns columns,
                                 std::stop_token stop = {});

// Returns whether retention has dropped nothing that a scan of the period reads. What sources had
// in their latest reports is known or not, whatever this returns.
Result<bool> IsWhole(const storage::Store& store, FleetRef fleet, Period period);

// Returns whether the set of sources is stored with the tallies of a period.
bool KeepsSources(Period period);
// Returns whether the distributions of the fleet's figures are.
bool KeepsDistributions(Period period);

}  // namespace rollcall::counts
