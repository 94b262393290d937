// The comparison of a stored period with what it was counted from. Part of verify; changes nothing.
#pragma once

#include <functional>
#include <string>

#include "model/fleet.h"
#include "storage/period_codec.h"
#include "storage/stores.h"

namespace rollcall::counts {

// Counts a stored period of `fleet` again and calls `differ` with one line for each of its rows
// that says something else. Returns how many rows were compared. Requires IsWhole of the period.
//
// Left out is what was right when it was stored: rows that the version which stored them did not
// have, so all columns of a day that has none, and those of figures that the fleet has no more;
// what sources had in their latest reports, where these are no longer stored; and of 30 days and of
// windows cut short the values of labels: where the clock was set back over a day, reports do not
// say which came last. DataLoss, Unavailable: a row cannot be decoded, or the store not be read.
Result<uint64_t> ComparePeriod(storage::Stores& stores, const Fleet& fleet,
                               const storage::PeriodKey& key, const storage::Snapshot& snapshot,
                               const std::function<void(const std::string&)>& differ);

}  // namespace rollcall::counts
