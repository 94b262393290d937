// The tallies of periods: finds them, or computes them by a scan. A closed period is scanned once
// and stored; an import into it drops the result, and the period is scanned again. A running period
// is scanned again once reports have come since: while the caller waits where its last scan was
// quick, else in the background, and callers get the last result. A background job scans ahead what
// somebody is likely to ask for.
#pragma once

#include <chrono>
#include <map>
#include <set>
#include <stop_token>
#include <vector>

#include "base/clock.h"
#include "base/mutex.h"
#include "base/single_flight.h"
#include "base/status.h"
#include "metrics/registry.h"
#include "model/fleet.h"
#include "model/period.h"
#include "storage/period_rows.h"
#include "storage/stores.h"

namespace rollcall::counts {

struct TallyOptions {
  // A running period whose last scan took at most this long is scanned again while callers wait.
  std::chrono::milliseconds patience{20};
  // The pause between two background scans of a running period: at least `least_pause`, and at
  // least `pause_factor` times what a scan takes; ten times that where nobody asked lately.
  std::chrono::milliseconds least_pause{5'000};
  int pause_factor = 50;
};

// Thread-safe.
class PeriodTallies {
 public:
  using Options = TallyOptions;

  PeriodTallies(storage::Stores& stores, const Clock& clock, metrics::Registry& registry,
                const Options& options = Options());

  // Returns the tallies of a period, after a scan where there are none yet: one scan, however many
  // callers. nullopt: there is no data, because the period is before the first report, or retention
  // has dropped what they would be counted from. Unavailable: the disk failed, a stop was
  // requested, or imports kept dropping the result.
  Result<std::optional<storage::PeriodRows>> Get(const Fleet& fleet, Period period);
  // Returns whether Get would have to scan for a closed period.
  Result<bool> HasToScan(const Fleet& fleet, Period period) const;

  struct Rolling {
    Period period;
    storage::PeriodRows rows;
  };
  // Returns the 30 days that end with today. While they are not counted yet, because the day has
  // just begun or the server has just started, returns those that ended yesterday, if there are any
  // and a scan is not quick.
  Result<Rolling> Last30Days(const Fleet& fleet);

  bool IsClosed(Period period) const { return period.End() <= clock_.Now(); }

  // Return the first month or day that there is data for; nullopt where there is none.
  Result<std::optional<Month>> FirstMonth(FleetRef fleet) const;
  Result<std::optional<Day>> FirstDay(FleetRef fleet) const;
  // Returns the first day that a period of days can count: all chunks from it on are still there.
  Result<std::optional<Day>> FirstCountedDay(FleetRef fleet) const;

  // Drops the stored tallies of a fleet if its declaration has changed what they depend on, as far
  // as they can be counted again.
  Status FollowRule(const Fleet& fleet);
  // The work of a background job, for about `budget`: scans the running periods that are due, then,
  // the newest first, the periods that running ones are compared with and the closed months and
  // days that have no tallies yet. Deletes what nothing is compared with any more.
  Status Refresh(const Fleet& fleet, std::chrono::milliseconds budget, std::stop_token stop);

  // Ends all scans, those under way and later ones, which then return Unavailable.
  void RequestStop() { stop_.request_stop(); }

 private:
  using Clocked = std::chrono::steady_clock;
  struct Computed {
    storage::PeriodRows rows;
    uint64_t sequence = 0;  // of the store, when it was scanned
    bool stale = false;     // dropped while it was computed
  };
  struct Running {
    Computed computed;
    Clocked::duration cost{};
    Clocked::time_point scanned;
    Clocked::time_point asked;
  };

  Result<std::optional<storage::PeriodRows>> GetClosed(const Fleet& fleet, Period period);
  Result<storage::PeriodRows> GetRunning(const Fleet& fleet, Period period);
  std::optional<storage::PeriodRows> FindRunning(const storage::PeriodKey& key);
  // Whether its last scan took no longer than `patience`.
  bool IsQuick(const storage::PeriodKey& key);
  Result<Computed> ComputeOnce(const Fleet& fleet, Period period);
  Result<Computed> Compute(const Fleet& fleet, Period period);
  // Whether there is anything to scan, and retention has dropped none of it.
  Result<bool> CanBeScanned(FleetRef fleet, Period period) const;
  Status RefreshRunning(const Fleet& fleet, std::stop_token stop);
  std::vector<Period> DueForRefresh(const Fleet& fleet);
  Day TrustedToday() const;
  // The closed periods that somebody may ask for, the likeliest first.
  Result<std::vector<Period>> ClosedToKeep(const Fleet& fleet) const;
  Status Backfill(const Fleet& fleet, Clocked::time_point deadline, std::stop_token stop);
  // Counts again what was stored by a version that counted less, or before the fleet had all of its
  // figures.
  Status Complete(const Fleet& fleet, const std::vector<Period>& periods,
                  Clocked::time_point deadline, const std::stop_token& stop);
  Status DeleteOutdated(const Fleet& fleet);

  storage::Stores& stores_;
  const Clock& clock_;
  const Options options_;
  metrics::Registry& registry_;
  metrics::Counter& scans_;
  metrics::Histogram& scan_seconds_;
  std::stop_source stop_;
  SingleFlight<storage::PeriodKey, Result<Computed>> computing_;
  Mutex mutex_;
  std::map<storage::PeriodKey, Running> running_ GUARDED_BY(mutex_);
  // Fleets of which every period that can be counted again has all that is counted now.
  std::set<FleetRef> complete_ GUARDED_BY(mutex_);
};

// Returns what a running window that reaches `today` is compared with: the window before it, up to
// the same day of its last month.
Period SameDaysBefore(Span span, Day today);

}  // namespace rollcall::counts
