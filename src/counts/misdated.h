// Reports of a time that cannot be theirs: before 2000, or later than the store's. They came in
// while the clock was wrong. They can be told, and taken out with all that was counted from them.
#pragma once

#include <cstdint>
#include <optional>

#include "base/civil_time.h"
#include "base/status.h"
#include "storage/stores.h"

namespace rollcall::counts {

struct MisdatedReports {
  uint64_t reports = 0;     // that are still there as such
  uint64_t peaks_rows = 0;  // source × month, of months that have nothing else in them
  std::optional<Day> first;
  std::optional<Day> last;
};

// `now` is the store's time: a report of a later day than its is misdated. Reads the rows of such
// days alone.
Result<MisdatedReports> FindMisdated(storage::Stores& stores, UnixSeconds now);

// Takes them out, in one transaction. Whoever has rows of theirs in memory is not told: the stores
// must be opened for this alone, and be closed after it. FailedPrecondition: retention took chunks
// of the month of `now`, so that its peaks cannot be made again.
Status EraseMisdated(storage::Stores& stores, UnixSeconds now);

}  // namespace rollcall::counts
