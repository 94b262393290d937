// The overview source over the store: reads the totals of a month's windows.
#pragma once

#include <functional>
#include <map>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "base/clock.h"
#include "base/mutex.h"
#include "base/status.h"
#include "counts/window_counts.h"
#include "model/fleet.h"
#include "model/overview.h"
#include "model/window.h"

namespace rollcall::counts {

// Thread-safe. While nothing is written to the store, an overview is kept and returned again within
// the same second.
class OverviewReader final : public OverviewSource {
 public:
  OverviewReader(storage::Stores& stores, WindowCounts& windows, const Clock& clock,
                 metrics::Registry& registry, NameList name_list)
      : stores_(stores),
        windows_(windows),
        clock_(clock),
        registry_(registry),
        name_list_(std::move(name_list)) {}

  Result<std::optional<Overview>> Read(const Fleet& fleet, Month month,
                                       std::stop_token stop = {}) override;
  // Returns the month itself or the latest earlier one in which the fleet has peaks; nullopt where
  // there is none.
  Result<std::optional<Month>> LatestMonthWithReports(FleetRef fleet, Month month) const;
  // Returns the names that a breakdown lists today even where nobody reported them.
  std::vector<std::string> NamesOf(const Breakdown& breakdown) const;

  // The work of a background job, for about `budget`: computes the overviews of closed months
  // before anybody has to wait for one, the newest first.
  Status Prepare(const Fleet& fleet, std::chrono::milliseconds budget, std::stop_token stop);

 private:
  // Overviews are kept for one moment: the state of the store, the second, and the known names.
  struct Moment {
    uint64_t sequence = 0;  // of the store
    UnixSeconds time{};
    std::vector<std::string> known_names;

    bool operator==(const Moment&) const = default;
  };

  std::optional<Overview> FindGiven(const Moment& moment, const Fleet& fleet, Month month);
  void Keep(const Moment& moment, const Fleet& fleet, Month month, const Overview& overview);
  Result<std::optional<Overview>> ReadLatest(const Fleet& fleet, Month month,
                                             const std::stop_token& stop);
  Result<Overview> ReadMonth(const Fleet& fleet, Month month, const std::stop_token& stop);
  // What an overview takes from the label sets of one metric.
  struct LabelSums;
  Status ReadLabelSets(const Fleet& fleet, const storage::WindowKey& window,
                       const storage::Snapshot& snapshot, const std::stop_token& stop,
                       LabelSums& sums) const;
  Result<TotalsRow> ReadMetric(const storage::WindowKey& window, const std::string& metric,
                               const storage::Snapshot& snapshot) const;
  // Calls visit(label set as text, its totals) for each label set of a metric.
  Status VisitLabelSets(const storage::WindowKey& window, const std::string& metric,
                        const storage::Snapshot& snapshot, const std::stop_token& stop,
                        const std::function<void(std::string_view, const TotalsRow&)>& visit) const;

  storage::Stores& stores_;
  WindowCounts& windows_;
  const Clock& clock_;
  metrics::Registry& registry_;
  NameList name_list_;

  Mutex mutex_;
  Moment moment_ GUARDED_BY(mutex_);  // of given_
  // By the declaration, for another one of the same fleet may have other figures, and by the month
  // that was asked for, which may have no data itself.
  std::map<std::pair<const Fleet*, Month>, Overview> given_ GUARDED_BY(mutex_);
};

}  // namespace rollcall::counts
