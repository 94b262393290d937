// The peaks of one source over some days of a month, worked out from its stored row of the month
// and its chunks of the days. Exact. Thread-safe.
#pragma once

#include <string>
#include <string_view>

#include "base/civil_time.h"
#include "base/status.h"
#include "model/ids.h"
#include "storage/store.h"

namespace rollcall::counts {

// Both inclusive, within one month.
struct DayRange {
  Day first;
  Day last;
};

// Returns the source's encoded row of peaks as if the month had no reports but those of `days`;
// empty where it has none on these days. `month_row` is its encoded row of the whole month. Chunks
// are read only where the month has other active days too, the newest first, and no further once
// they account for all peaks of the month: for most sources that is one chunk. DataLoss,
// Unavailable: the row cannot be decoded, or a chunk cannot be read from the store.
Result<std::string> PeaksOfDays(const storage::Store& store, FleetRef fleet, SourceRef source,
                                const DayRange& days, std::string_view month_row,
                                const storage::Snapshot& snapshot);

// Returns what a source's chunk of a day adds up to, as an encoded row of peaks. Of a damaged chunk
// only the reports before the damage count.
std::string PeaksOfDay(Day day, std::string_view chunk);

}  // namespace rollcall::counts
