// A walk over the peaks rows of some of a fleet's sources in some months: source by source, and all
// months of each. It must not outlive the store. One thread.
#pragma once

#include <functional>
#include <span>
#include <string_view>
#include <vector>

#include "base/civil_time.h"
#include "base/status.h"
#include "model/ids.h"
#include "query/matched_sources.h"
#include "query/promql/budget.h"
#include "storage/store.h"

namespace rollcall::query {

// Returns the months from `first` to `last`, both inclusive, in which the fleet has peaks.
Result<std::vector<Month>> MonthsWithPeaks(const storage::Store& store,
                                           const storage::Snapshot& snapshot, FleetRef fleet,
                                           Month first, Month last);

// Calls on_row(source, month, row) for each row that is there, and after the rows of a source
// on_source(source), which returns false to end the walk. Ends with the first failure.
Status WalkPeaks(const storage::Store& store, const storage::Snapshot& snapshot, FleetRef fleet,
                 std::span<const Month> months, std::span<const MatchedSource> sources,
                 promql::Budget& budget,
                 const std::function<Status(const MatchedSource&, Month, std::string_view)>& on_row,
                 const std::function<Result<bool>(const MatchedSource&)>& on_source);

}  // namespace rollcall::query
