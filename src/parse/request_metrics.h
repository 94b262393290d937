// Hosts' counters from Prometheus' text format: a counter of requests by host and code, and a
// histogram of how long they took. Pure functions.
#pragma once

#include <string>
#include <string_view>

#include "base/status.h"
#include "model/host_counters.h"

namespace rollcall {

struct RequestMetrics {
  std::string_view requests;  // a counter with the label `code`, and `host` or not
  std::string_view seconds;   // a histogram, with `host` or not: the name without _bucket
};

// Those of agbero.
inline constexpr RequestMetrics kProxyMetrics{"agbero_http_requests_total",
                                              "agbero_http_request_duration_seconds"};
// Those of rollcall itself.
inline constexpr RequestMetrics kOwnMetrics{"rollcall_http_requests_total",
                                            "rollcall_http_request_duration_seconds"};

// Returns the counters of each host; what has no label `host` counts for `host`. An error is a
// request with a code from 500 on. How many backends are active is not in them. InvalidArgument: a
// line does not parse. Pure; accepts any bytes.
Result<CountersByHost> ParseRequestMetrics(std::string_view body, const RequestMetrics& metrics,
                                           const std::string& host);

}  // namespace rollcall
