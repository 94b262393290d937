#include "jobs/retention.h"

#include <algorithm>

#include "model/window.h"
#include "storage/clock_rule.h"
#include "storage/retention.h"

namespace rollcall::jobs {

namespace {

Month FirstKept(UnixSeconds time, unsigned months) {
  return Month::Of(time).Plus(1 - static_cast<int>(months));
}

}  // namespace

Day FirstKeptDay(UnixSeconds time, const RetentionOptions& options) {
  return options.report_months == 0 ? Day() : FirstKept(time, options.report_months).FirstDay();
}

Status ApplyRetention(storage::Stores& stores, const RetentionOptions& options) {
  const std::optional<UnixSeconds> now = stores.time().TimeToDeleteBy();
  if (!now) return Status::Ok();
  const auto parked = stores.outbox().DropParkedBefore(*now - options.parked);
  if (!parked.ok()) return parked.status();
  const auto kept = std::chrono::floor<std::chrono::seconds>(options.host_samples);
  ROLLCALL_RETURN_IF_ERROR(
      stores.hosts().DropBefore(storage::Hour::Of(*now - kept - storage::kOrdinaryStep)));
  if (options.report_months > 0) {
    ROLLCALL_RETURN_IF_ERROR(
        storage::DropChunksBefore(stores.store(), FirstKeptDay(*now, options)));
  }
  if (options.peaks_months > 0) {
    const unsigned months = std::max(options.peaks_months, unsigned{kMaxWindowMonths});
    ROLLCALL_RETURN_IF_ERROR(storage::DropPeaksBefore(stores.store(), FirstKept(*now, months)));
  }
  return Status::Ok();
}

}  // namespace rollcall::jobs
