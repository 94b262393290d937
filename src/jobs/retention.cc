#include "jobs/retention.h"

#include <algorithm>

#include "model/window.h"
#include "storage/retention.h"

namespace rollcall::jobs {

Status ApplyRetention(storage::Stores& stores, const Clock& clock,
                      const RetentionOptions& options) {
  const auto parked = stores.outbox().DropParkedBefore(clock.NowMilliseconds() - options.parked);
  if (!parked.ok()) return parked.status();
  const Month now = Month::Of(clock.Now());
  const auto first_kept = [&](unsigned months) { return now.Plus(1 - static_cast<int>(months)); };
  if (options.report_months > 0) {
    ROLLCALL_RETURN_IF_ERROR(
        storage::DropChunksBefore(stores.store(), first_kept(options.report_months).FirstDay()));
  }
  if (options.peaks_months > 0) {
    const unsigned months = std::max(options.peaks_months, unsigned{kMaxWindowMonths});
    ROLLCALL_RETURN_IF_ERROR(storage::DropPeaksBefore(stores.store(), first_kept(months)));
  }
  return Status::Ok();
}

}  // namespace rollcall::jobs
