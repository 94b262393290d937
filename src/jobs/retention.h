// Retention: how long reports, peaks and samples of hosts are kept, and the job that drops older
// ones. It follows the store's time, never the wall clock. Any thread, one at a time.
#pragma once

#include <chrono>

#include "base/civil_time.h"
#include "base/status.h"
#include "fleets/catalog.h"
#include "storage/stores.h"

namespace rollcall::jobs {

struct RetentionOptions {
  // In calendar months, including the running one. 0: for ever.
  unsigned report_months = 13;
  unsigned peaks_months = 0;  // at least the longest window; fewer count as that
  // How long forwarded reports stay parked after the receiver refused them.
  std::chrono::milliseconds parked = std::chrono::hours(24 * 7);
  // How long samples of hosts are shown. They are deleted a day or more later: the store's time
  // follows a clock that steps by up to a day, and must not delete what that clock only seems to
  // make old.
  std::chrono::milliseconds host_samples = std::chrono::hours(24);
};

// Returns what holds for one fleet: what its declaration says, else the flags. `declared` may be
// null.
RetentionOptions RetentionOf(const fleets::DeclaredFleet* declared, const RetentionOptions& flags);

// Returns the first day at `time` whose reports are kept; day 0 if all are.
Day FirstKeptDay(UnixSeconds time, const RetentionOptions& options);

// Drops what of each fleet is too old now; nothing while the store has no time to delete by.
// Unavailable, DataLoss: from the store; the next run tries again.
Status ApplyRetention(storage::Stores& stores, const fleets::FleetSet& fleets,
                      const RetentionOptions& flags);

}  // namespace rollcall::jobs
