// Retention: drops what is older than the operator wants to keep, with range deletes. Thread-safe.
#pragma once

#include "base/civil_time.h"
#include "base/status.h"
#include "model/ids.h"
#include "storage/store.h"

namespace rollcall::storage {

// Drop the chunks of all days before `day`, or the peaks of all months before `month` (both
// exclusive). Do nothing where these were dropped before. Each makes its own transaction. The
// columns of the days go with the chunks (storage/day_columns.h).
Status DropChunksBefore(Store& store, Day day);
Status DropPeaksBefore(Store& store, Month month);
// The same for one fleet, of which less is kept than of others.
Status DropChunksBefore(Store& store, FleetRef fleet, Day day);
Status DropPeaksBefore(Store& store, FleetRef fleet, Month month);

// Return the first day whose chunks, or month whose peaks, retention has not dropped; 0 where it
// never dropped any. Of what is older some may still be there.
Result<Day> FirstWholeDay(const Store& store);
Result<Month> FirstWholeMonth(const Store& store);
// The same of one fleet: what was dropped of all fleets, or of it alone.
Result<Day> FirstWholeDay(const Store& store, FleetRef fleet);
Result<Month> FirstWholeMonth(const Store& store, FleetRef fleet);

}  // namespace rollcall::storage
