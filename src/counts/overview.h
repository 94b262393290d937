// The overviews that the store gives: from the totals of a month's windows.
#pragma once

#include <functional>
#include <optional>
#include <string>

#include "base/clock.h"
#include "base/status.h"
#include "counts/window_counts.h"
#include "model/fleet.h"
#include "model/overview.h"
#include "model/window.h"

namespace rollcall::counts {

// Thread-safe.
class OverviewReader final : public OverviewSource {
 public:
  OverviewReader(storage::Stores& stores, WindowCounts& windows, const Clock& clock,
                 KnownNames known_names)
      : stores_(stores), windows_(windows), clock_(clock), known_names_(std::move(known_names)) {}

  Result<std::optional<Overview>> Read(const Fleet& fleet, Month month) override;
  // The month itself or the latest earlier one in which anything was reported; nullopt: there is none.
  Result<std::optional<Month>> LatestMonthWithReports(FleetRef fleet, Month month) const;

 private:
  Result<Overview> ReadMonth(const Fleet& fleet, Month month);
  Result<TotalsRow> ReadMetric(const storage::WindowKey& window, const std::string& metric,
                               const storage::Snapshot& snapshot) const;
  // Calls visit(label set as text, its totals) for each label set of a metric.
  Status VisitLabelSets(const storage::WindowKey& window, const std::string& metric,
                        const storage::Snapshot& snapshot,
                        const std::function<void(const std::string&, const TotalsRow&)>& visit) const;

  storage::Stores& stores_;
  WindowCounts& windows_;
  const Clock& clock_;
  KnownNames known_names_;
};

}  // namespace rollcall::counts
