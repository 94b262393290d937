// Sees to it that the totals of a month's windows are kept, and reads them.
#pragma once

#include <stop_token>

#include "base/single_flight.h"
#include "base/status.h"
#include "metrics/registry.h"
#include "storage/keys.h"
#include "storage/row_codec.h"
#include "storage/stores.h"

namespace rollcall::counts {

// The totals as of one moment.
struct KeptTotals {
  storage::Snapshot snapshot;
  storage::WindowRecord record;
};

// Thread-safe.
class WindowCounts {
 public:
  WindowCounts(storage::Stores& stores, metrics::Registry& registry);

  // A snapshot in which the totals of the month are right, computing their base first where that
  // was not done yet: one computation, however many callers. Blocks meanwhile. Unavailable: the
  // disk, or imports that kept dropping what was being computed.
  Result<KeptTotals> Ensure(const storage::WindowKey& window);
  // For a background job: one computation where there are none. False: they were dropped meanwhile.
  Result<bool> Prepare(const storage::WindowKey& window);

  // Ends all computations under way and to come, which then are Unavailable.
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
