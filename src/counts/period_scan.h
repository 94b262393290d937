// The scan behind a period's tallies: of a window from the sources' monthly peaks, of a day from
// its chunks. Thread-safe.
#pragma once

#include "counts/tally_builder.h"
#include "model/period.h"
#include "storage/stores.h"

namespace rollcall::counts {

struct ScannedPeriod {
  SourceSet sources;  // that reported the fleet's counted metric
  storage::TallyRows rows;
};

// DataLoss: a row of the store cannot be decoded. Memory: about 300 bytes per distinct label set.
Result<ScannedPeriod> ScanPeriod(storage::Stores& stores, const Fleet& fleet, Period period,
                                 const storage::Snapshot& snapshot);

}  // namespace rollcall::counts
