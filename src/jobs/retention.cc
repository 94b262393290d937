#include "jobs/retention.h"

#include <algorithm>
#include <utility>
#include <vector>

#include "model/window.h"
#include "storage/clock_rule.h"
#include "storage/retention.h"

namespace rollcall::jobs {

namespace {

Month FirstKept(UnixSeconds time, unsigned months) {
  return Month::Of(time).Plus(1 - static_cast<int>(months));
}

// 0 is for ever.
unsigned Longer(unsigned a, unsigned b) { return a == 0 || b == 0 ? 0 : std::max(a, b); }

}  // namespace

Day FirstKeptDay(UnixSeconds time, const RetentionOptions& options) {
  return options.report_months == 0 ? Day() : FirstKept(time, options.report_months).FirstDay();
}

RetentionOptions RetentionOf(const fleets::DeclaredFleet* declared, const RetentionOptions& flags) {
  RetentionOptions options = flags;
  if (declared != nullptr) {
    const fleets::Declaration& declaration = declared->declaration();
    options.report_months = declaration.reports_months.value_or(flags.report_months);
    options.peaks_months = declaration.peaks_months.value_or(flags.peaks_months);
  }
  if (options.peaks_months > 0) {
    options.peaks_months = std::max(options.peaks_months, unsigned{kMaxWindowMonths});
  }
  return options;
}

Status ApplyRetention(storage::Stores& stores, const fleets::FleetSet& fleets,
                      const RetentionOptions& flags) {
  const std::optional<UnixSeconds> now = stores.time().TimeToDeleteBy();
  if (!now) return Status::Ok();
  const auto parked = stores.outbox().DropParkedBefore(*now - flags.parked);
  if (!parked.ok()) return parked.status();
  const auto samples = std::chrono::floor<std::chrono::seconds>(flags.host_samples);
  ROLLCALL_RETURN_IF_ERROR(
      stores.hosts().DropBefore(storage::Hour::Of(*now - samples - storage::kOrdinaryStep)));
  // Also of fleets that are not declared any more.
  std::vector<std::pair<FleetRef, RetentionOptions>> all;
  for (const auto& [_, ref] : stores.fleets().All()) {
    all.emplace_back(ref, RetentionOf(fleets.Find(ref), flags));
  }
  // What is too old for every fleet goes in one range, and of the others what is left of it.
  RetentionOptions longest = RetentionOf(nullptr, flags);
  for (const auto& [_, kept] : all) {
    longest.report_months = Longer(longest.report_months, kept.report_months);
    longest.peaks_months = Longer(longest.peaks_months, kept.peaks_months);
  }
  storage::Store& store = stores.store();
  if (longest.report_months > 0) {
    ROLLCALL_RETURN_IF_ERROR(storage::DropChunksBefore(store, FirstKeptDay(*now, longest)));
  }
  if (longest.peaks_months > 0) {
    const Month month = FirstKept(*now, longest.peaks_months);
    ROLLCALL_RETURN_IF_ERROR(storage::DropPeaksBefore(store, month));
  }
  for (const auto& [ref, kept] : all) {
    if (kept.report_months != longest.report_months) {
      const Day day = FirstKeptDay(*now, kept);
      ROLLCALL_RETURN_IF_ERROR(storage::DropChunksBefore(store, ref, day));
    }
    if (kept.peaks_months != longest.peaks_months) {
      const Month month = FirstKept(*now, kept.peaks_months);
      ROLLCALL_RETURN_IF_ERROR(storage::DropPeaksBefore(store, ref, month));
    }
  }
  return Status::Ok();
}

}  // namespace rollcall::jobs
