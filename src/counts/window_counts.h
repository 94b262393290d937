// The totals of a month's windows: computes them where they are not kept yet.
#pragma once

#include <stop_token>

#include "base/single_flight.h"
#include "base/status.h"
#include "metrics/registry.h"
#include "storage/keys.h"
#include "storage/row_codec.h"
#include "storage/stores.h"

namespace rollcall::counts {

// A snapshot in which the totals of a month's windows are kept.
struct KeptTotals {
  storage::Snapshot snapshot;
  storage::WindowRecord record;
};

// Thread-safe.
class WindowCounts {
 public:
  WindowCounts(storage::Stores& stores, metrics::Registry& registry);

  // Returns a snapshot in which the totals of the month are kept, and blocks to compute their base
  // first where they are not: one computation, however many callers. Unavailable: the disk failed,
  // a stop was requested, or imports kept dropping what was computed.
  Result<KeptTotals> Ensure(const storage::WindowKey& window);
  // Computes the totals once where they are not kept; for a background job. Returns false where
  // they were dropped while they were computed.
  Result<bool> Prepare(const storage::WindowKey& window);

  // Ends all computations, those under way and later ones, which then return Unavailable.
  void RequestStop() { stop_.request_stop(); }

 private:
  Result<std::optional<KeptTotals>> Read(const storage::WindowKey& window) const;
  Status Compute(const storage::WindowKey& window);

  storage::Stores& stores_;
  metrics::Counter& scans_;
  metrics::Histogram& scan_seconds_;
  std::stop_source stop_;
  SingleFlight<storage::WindowKey, Status> computing_;
};

}  // namespace rollcall::counts
