// An overview source whose numbers a VictoriaMetrics computes. It queries window by window and
// keeps the answers, so that a closed month is queried once. See api/README.md, "Contract". Owned
// by the server.
#pragma once

#include <chrono>
#include <map>
#include <memory>
#include <string>
#include <tuple>

#include "base/clock.h"
#include "base/mutex.h"
#include "base/single_flight.h"
#include "base/status.h"
#include "metrics/registry.h"
#include "model/month_snapshot.h"
#include "model/overview.h"
#include "query/prometheus_api.h"
#include "query/snapshot_files.h"

namespace rollcall::query {

struct VmselectOptions {
  std::string url;           // see InstantQueryUrl
  std::string snapshot_dir;  // empty: closed months are kept in memory only
  // For all queries of one overview together; must be greater than 0.
  std::chrono::milliseconds timeout{30'000};
};

// Thread-safe. Each caller's own thread sends its queries one after the other, so there are never
// more queries at once than callers; callers that want the same window share one computation.
class VmselectOverviews final : public OverviewSource {
 public:
  // `clock`, `store_time` and `registry` must outlive this object.
  VmselectOverviews(const VmselectOptions& options, Fetch fetch, NameList name_list,
                    const Clock& clock, const Clock& store_time, metrics::Registry& registry);

  // Blocks for at most the timeout. Unavailable: one of the queries failed; the numbers of its
  // window are then neither returned nor kept.
  Result<std::optional<Overview>> Read(const Fleet& fleet, Month month,
                                       std::stop_token stop = {}) override;

 private:
  using SteadyTime = std::chrono::steady_clock::time_point;
  using Key = std::tuple<FleetRef, Month, Span>;
  using Counted = std::shared_ptr<const MonthSnapshot>;

  Result<Counted> CountsOf(const Fleet& fleet, const Window& window, UnixSeconds now,
                           SteadyTime deadline);
  Counted FindKept(const Key& key, UnixSeconds now) const;
  Result<Counted> Compute(const Fleet& fleet, const Window& window, UnixSeconds now,
                          SteadyTime deadline);
  Result<MonthSnapshot> AskFor(const Fleet& fleet, const Window& window, UnixSeconds now,
                               SteadyTime deadline);
  Result<double> AskForNumber(const std::string& query, UnixSeconds at, SteadyTime deadline);
  Status AskForBreakdown(const Breakdown& breakdown, int64_t range_seconds, UnixSeconds at,
                         SteadyTime deadline, MonthSnapshot& counted);

  PrometheusApi api_;
  const SnapshotFiles files_;
  const std::chrono::milliseconds timeout_;
  const NameList name_list_;
  const Clock& clock_;
  const Clock& store_time_;  // must be past a month's end before its snapshot is written
  metrics::Counter& from_memory_;
  metrics::Counter& from_files_;
  metrics::Counter& computed_;

  SingleFlight<Key, Result<Counted>> computing_;
  mutable Mutex mutex_;
  std::map<Key, Counted> kept_ GUARDED_BY(mutex_);
};

}  // namespace rollcall::query
