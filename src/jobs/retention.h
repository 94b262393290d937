// Retention: how long reports and peaks are kept, and the work that drops what is older.
// Any thread, one at a time.
#pragma once

#include <chrono>

#include "base/clock.h"
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

// Drops what is past its time now. Unavailable, DataLoss: the store said so; the next run tries
// again.
Status ApplyRetention(storage::Stores& stores, const Clock& clock, const RetentionOptions& options);

}  // namespace rollcall::jobs
