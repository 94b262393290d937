// The tallies of periods, whoever asks. A closed period is scanned once and stored; what is
// imported into it later drops it, and it is scanned again. A running period is scanned when
// reports have come since: while the caller waits where that takes no time worth mentioning, else
// in the background, and callers get the last result. A background job scans what somebody may ask
// for before anybody does.
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
  // A scan of a running period that took up to this long is repeated while the caller waits.
  std::chrono::milliseconds patience{20};
  // Time between two background scans of a period: at least this, and so many times what one takes;
  // ten times as long where nobody asked for it lately.
  std::chrono::milliseconds least_pause{5'000};
  int pause_factor = 50;
};

// Thread-safe.
class PeriodTallies {
 public:
  using Options = TallyOptions;

  PeriodTallies(storage::Stores& stores, const Clock& clock, metrics::Registry& registry,
                const Options& options = Options());

  // The tallies of a period, scanning first where they are not there: one scan, however many
  // callers. nullopt: nothing is known of it, because it is before the first report, or retention
  // has taken what they would come from. Unavailable: the disk, a stop, or imports that kept
  // dropping what was scanned.
  Result<std::optional<storage::PeriodRows>> Get(const Fleet& fleet, Period period);
  // Whether Get has to scan a closed period first.
  Result<bool> HasToScan(const Fleet& fleet, Period period) const;

  struct Rolling {
    Period period;
    storage::PeriodRows rows;
  };
  // The 30 days that end with today. While they are not counted yet, because the day has just begun
  // or a server has just started: those that ended yesterday.
  Result<Rolling> Last30Days(const Fleet& fleet);

  bool IsClosed(Period period) const { return period.End() <= clock_.Now(); }

  // The first month, the first day of which anything is known; nullopt: none is.
  Result<std::optional<Month>> FirstMonth(FleetRef fleet) const;
  Result<std::optional<Day>> FirstDay(FleetRef fleet) const;
  // The first day that a period of days can count: retention took no part of it.
  Result<std::optional<Day>> FirstCountedDay(FleetRef fleet) const;

  // The work of a background job: scans the running periods that are due, then, the newest first,
  // what running ones are compared with and the closed months and days that were never scanned, for
  // about `budget`; deletes what nothing is compared with any more.
  Status Refresh(const Fleet& fleet, std::chrono::milliseconds budget, std::stop_token stop);

  // Ends all scans under way and to come, which then are Unavailable.
  void RequestStop() { stop_.request_stop(); }

 private:
  using Clocked = std::chrono::steady_clock;
  struct Computed {
    storage::PeriodRows rows;
    uint64_t sequence = 0;  // of the store, when it was scanned
    bool stale = false;     // dropped meanwhile
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
  // Whether its last scan took no time worth mentioning.
  bool IsQuick(const storage::PeriodKey& key);
  Result<Computed> ComputeOnce(const Fleet& fleet, Period period);
  Result<Computed> Compute(const Fleet& fleet, Period period);
  // Whether all that it would be scanned from is there, and is anything at all.
  Result<bool> CanBeScanned(FleetRef fleet, Period period) const;
  Status RefreshRunning(const Fleet& fleet, std::stop_token stop);
  std::vector<Period> DueForRefresh(const Fleet& fleet);
  Day TrustedToday() const;
  // The closed periods that somebody may ask for, in the order in which that is likely.
  Result<std::vector<Period>> ClosedToKeep(const Fleet& fleet) const;
  Status Backfill(const Fleet& fleet, Clocked::time_point deadline, std::stop_token stop);
  // Counts again what was stored before sizes were counted.
  Status AddSizes(const Fleet& fleet, const std::vector<Period>& periods,
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
  // Fleets of which all that can have sizes has them.
  std::set<FleetRef> sized_ GUARDED_BY(mutex_);
};

// With what a running window is compared that reaches `today`: the window before, up to the same
// day of its last month.
Period SameDaysBefore(Span span, Day today);

}  // namespace rollcall::counts
