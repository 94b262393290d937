// The JSON of agbero's GET /uptime, as far as hosts' counters come from it. Pure functions.
//
//   {"hosts":{"a.example":{"routes":[{"backends":[{"alive":true,"failures":2,"total_reqs":100,
//     "latency_us":{"p99":12000,"count":100},"health":{"status":"Healthy"}}]}],"total_reqs":100}}}
#pragma once

#include <string_view>

#include "base/status.h"
#include "model/host_counters.h"

namespace rollcall {

// Returns each host's counters: its requests (`total_reqs` or, where that is missing, the sum of
// its backends'), the failures of its backends, the mean of the 99th percentiles of those backends
// that have any latencies, and how many backends are neither Dead nor Unhealthy. InvalidArgument:
// not such JSON. Pure; accepts any bytes.
Result<CountersByHost> ParseUptimeJson(std::string_view body);

}  // namespace rollcall
