// The peaks of one source over some days of a month, told from what is stored of the month as a
// whole and of its days. Exact. Thread-safe.
#pragma once

#include <string>
#include <string_view>

#include "base/civil_time.h"
#include "base/status.h"
#include "model/ids.h"
#include "storage/store.h"

namespace rollcall::counts {

// Both inclusive, of one month.
struct DayRange {
  Day first;
  Day last;
};

// The source's row of peaks as if the month had nothing but the reports of `days`; empty: it has
// none of them. `month_row` is its encoded row of the whole month. Chunks of `days` are read only
// where the month has other days too, the newest first, and no more of them than it takes until
// what they have is all that the month has: of most sources one. DataLoss: the row, or a key.
Result<std::string> PeaksOfDays(const storage::Store& store, FleetRef fleet, SourceRef source,
                                const DayRange& days, std::string_view month_row,
                                const storage::Snapshot& snapshot);

// What a source's chunk of a day adds up to, as a row of peaks. What stands before damage is good,
// and all that there is.
std::string PeaksOfDay(Day day, std::string_view chunk);

}  // namespace rollcall::counts
