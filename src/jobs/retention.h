// Retention: how long reports and peaks are kept, and the work that drops what is older. It goes by
// the store's time, never by the wall clock's.
// Any thread, one at a time.
#pragma once

#include <chrono>

#include "base/civil_time.h"
#include "base/status.h"
#include "storage/stores.h"

namespace rollcall::jobs {

struct RetentionOptions {
  // The running month is one of those that are kept. 0: for ever.
  unsigned report_months = 13;
  unsigned peaks_months = 0;  // fewer than the longest window count as that
  // Of reports that the receiver of forwarded ones refused.
  std::chrono::milliseconds parked = std::chrono::hours(24 * 7);
};

// Of the reports that are kept at a time; day 0 where all are.
Day FirstKeptDay(UnixSeconds time, const RetentionOptions& options);

// Drops what is past its time now; nothing while the store has no time to delete by. Unavailable,
// DataLoss: the store said so; the next run tries again.
Status ApplyRetention(storage::Stores& stores, const RetentionOptions& options);

}  // namespace rollcall::jobs
