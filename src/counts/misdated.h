// Misdated reports: those dated before 2000 or after the store's time, which came in while the
// clock was wrong. They can be found, and erased with all that was counted from them.
#pragma once

#include <cstdint>
#include <optional>

#include "base/civil_time.h"
#include "base/status.h"
#include "storage/stores.h"

namespace rollcall::counts {

struct MisdatedReports {
  uint64_t reports = 0;     // whose chunks are still stored
  uint64_t peaks_rows = 0;  // source × month; only months without a valid day
  // The first and the last day of what was found; both inclusive.
  std::optional<Day> first;
  std::optional<Day> last;
};

// Returns the misdated reports. `now` is the store's time: a report dated on a later day is
// misdated. Reads only the rows of such days and months.
Result<MisdatedReports> FindMisdated(storage::Stores& stores, UnixSeconds now);

// Erases them, in one transaction. Owners that keep rows in memory do not learn of it: open the
// stores for this alone, and close them afterwards. FailedPrecondition: retention has dropped
// chunks of the month of the day after `now`, so its peaks cannot be computed again.
Status EraseMisdated(storage::Stores& stores, UnixSeconds now);

}  // namespace rollcall::counts
