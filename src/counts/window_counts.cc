#include "counts/window_counts.h"

#include <chrono>
#include <optional>

#include "counts/attempts.h"
#include "counts/window_scan.h"

namespace rollcall::counts {
WindowCounts::WindowCounts(storage::Stores& stores, metrics::Registry& registry)
    : stores_(stores),
      scans_(registry.GetCounter("rollcall_window_scans_total",
                                 "Times the totals of a month's windows were computed by scan")),
      scan_seconds_(registry.GetHistogram("rollcall_window_scan_duration_seconds",
                                          "Time of such a scan",
                                          metrics::Histogram::LatencyBuckets())) {}

Result<std::optional<KeptTotals>> WindowCounts::Read(const storage::WindowKey& window) const {
  KeptTotals kept{stores_.store().TakeSnapshot(), {}};
  auto record = storage::TotalsLedger::ReadWindow(stores_.store(), window, kept.snapshot);
  if (!record.ok()) return record.status();
  if (!record->has_value()) return std::optional<KeptTotals>();
  kept.record = std::move(**record);
  return std::optional(std::move(kept));
}

Result<KeptTotals> WindowCounts::Ensure(const storage::WindowKey& window) {
  return AttemptBesideImports<KeptTotals>(
      stores_, "totals of " + window.last.ToString(), [&]() -> Result<std::optional<KeptTotals>> {
        auto kept = Read(window);
        if (!kept.ok() || kept->has_value()) return kept;
        ROLLCALL_RETURN_IF_ERROR(computing_.Run(window, [&] { return Compute(window); }));
        return Read(window);
      });
}

Result<bool> WindowCounts::Prepare(const storage::WindowKey& window) {
  auto kept = Read(window);
  if (!kept.ok()) return kept.status();
  if (kept->has_value()) return true;
  ROLLCALL_RETURN_IF_ERROR(computing_.Run(window, [&] { return Compute(window); }));
  kept = Read(window);
  if (!kept.ok()) return kept.status();
  return kept->has_value();
}

Status WindowCounts::Compute(const storage::WindowKey& window) {
  const auto cut = stores_.totals().Begin(window);
  if (!cut.ok()) return cut.status();
  if (!cut->has_value()) return Status::Ok();
  const auto begin = std::chrono::steady_clock::now();
  const Result<TotalsMap> base =
      ScanWindows(stores_.store(), window, (*cut)->snapshot, stop_.get_token());
  scans_.Add();
  scan_seconds_.Observe(
      std::chrono::duration<double>(std::chrono::steady_clock::now() - begin).count());
  if (!base.ok()) return base.status().WithContext("totals of " + window.last.ToString());
  // Dropped meanwhile: the caller looks again.
  const Result<bool> finished = stores_.totals().Finish(**cut, *base);
  return finished.ok() ? Status::Ok() : finished.status();
}

}  // namespace rollcall::counts
