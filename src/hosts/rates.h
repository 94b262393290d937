// From counters to samples: what a target says, compared with what it said before. One thread.
#pragma once

#include <chrono>
#include <cstddef>
#include <optional>
#include <vector>

#include "base/clock.h"
#include "model/host_counters.h"
#include "model/host_sample.h"

namespace rollcall::hosts {

class Rates {
 public:
  using Steady = std::chrono::steady_clock::time_point;

  // Returns a sample of each host in `counters`, which were read at `steady` and `wall`. Requests a
  // second and errors come from the difference to the last call; a host that was not in it has
  // none yet, and a counter that went back counts as one that stood still. All are rounded to
  // thousandths. Hosts whose names are not names are left out.
  std::vector<HostSamples> Advance(CountersByHost counters, Steady steady, UnixSeconds wall);

  // What the last call was given.
  const CountersByHost& last() const { return last_; }

 private:
  CountersByHost last_;
  std::optional<Steady> last_time_;
};

// Returns the 99th percentile of what came to the buckets from `before` to `now`, in seconds, as
// Prometheus' histogram_quantile does: within a bucket evenly; what is over the last bound counts
// as that. 0 where nothing came, or a bucket went back.
double P99Seconds(const std::map<double, double>& before, const std::map<double, double>& now);

}  // namespace rollcall::hosts
