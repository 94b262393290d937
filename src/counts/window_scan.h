// The scan behind a base: the totals of the three windows that end with a month, computed from the
// sources' stored peaks and nothing else. `verify` compares kept totals with it.
#pragma once

#include <stop_token>

#include "base/status.h"
#include "model/totals.h"
#include "storage/keys.h"
#include "storage/store.h"

namespace rollcall::counts {

// Computes the totals in one pass over the peaks rows of the 12 months, all sources of the fleet
// side by side; up to 4 threads share the sources of a large fleet. DataLoss: a row cannot be
// decoded; Unavailable: a stop was requested. Memory: about 150 bytes per distinct label set and
// thread. Thread-safe.
Result<TotalsMap> ScanWindows(const storage::Store& store, const storage::WindowKey& window,
                              const storage::Snapshot& snapshot, std::stop_token stop = {});

}  // namespace rollcall::counts
