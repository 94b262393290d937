// The scan behind a period's tallies: of months from the sources' monthly peaks, of a day from its
// chunks, of months of which not all days count from both. Thread-safe.
#pragma once

#include <stop_token>

#include "counts/tally_builder.h"
#include "model/period.h"
#include "storage/stores.h"

namespace rollcall::counts {

struct ScannedPeriod {
  SourceSet sources;  // that reported the fleet's counted metric
  storage::TallyRows rows;
};

// DataLoss: a row of the store cannot be decoded; Unavailable: a stop was requested. Memory: about
// 300 bytes per distinct label set.
Result<ScannedPeriod> ScanPeriod(storage::Stores& stores, const Fleet& fleet, Period period,
                                 const storage::Snapshot& snapshot, std::stop_token stop = {});

// Whether who is in a period is stored with it.
bool KeepsSources(Period period);

}  // namespace rollcall::counts
