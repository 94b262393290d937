#include "counts/window_counts.h"

#include <chrono>
#include <optional>

#include "counts/window_scan.h"

namespace rollcall::counts {
namespace {

// Imports and reports of earlier months may drop what is being computed. After so many times
// imports have to wait; reports of earlier months come only where a clock was set back.
constexpr int kAttemptsBesideImports = 2;
constexpr int kAttempts = 16;

}  // namespace

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
  std::optional<storage::Turn> turn;
  for (int attempt = 0; attempt < kAttempts; ++attempt) {
    if (attempt == kAttemptsBesideImports) turn.emplace(stores_.store());
    auto kept = Read(window);
    if (!kept.ok()) return kept.status();
    if (kept->has_value()) return std::move(**kept);
    ROLLCALL_RETURN_IF_ERROR(ComputeOnce(window));
  }
  return Status::Unavailable("totals of " + window.last.ToString() + ": dropped " +
                             std::to_string(kAttempts) + " times while they were computed");
}

Status WindowCounts::ComputeOnce(const storage::WindowKey& window) {
  std::promise<Status> promise;
  std::shared_future<Status> future;
  {
    const std::lock_guard lock(mutex_);
    if (const auto at = running_.find(window); at != running_.end()) {
      future = at->second;
    } else {
      running_[window] = promise.get_future().share();
    }
  }
  if (future.valid()) return future.get();
  Status status = Compute(window);
  {
    const std::lock_guard lock(mutex_);
    running_.erase(window);
  }
  promise.set_value(status);
  return status;
}

Status WindowCounts::Compute(const storage::WindowKey& window) {
  const auto cut = stores_.totals().Begin(window);
  if (!cut.ok()) return cut.status();
  if (!cut->has_value()) return Status::Ok();
  const auto begin = std::chrono::steady_clock::now();
  const Result<TotalsMap> base = ScanWindows(stores_.store(), window, (*cut)->snapshot);
  scans_.Add();
  scan_seconds_.Observe(
      std::chrono::duration<double>(std::chrono::steady_clock::now() - begin).count());
  if (!base.ok()) return base.status().WithContext("totals of " + window.last.ToString());
  // Dropped meanwhile: the caller looks again.
  const Result<bool> finished = stores_.totals().Finish(**cut, *base);
  return finished.ok() ? Status::Ok() : finished.status();
}

}  // namespace rollcall::counts
