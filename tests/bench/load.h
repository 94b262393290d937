// Load on a server by wrk: which requests, how many connections, for how long; and what came of it.
#pragma once

#include <string>

#include "base/status.h"
#include "tests/bench/bench.h"

namespace rollcall::bench {

struct LoadOptions {
  int port = 0;
  std::string target = "/";
  // A file of requests that WriteRequests wrote; empty: GET `target`.
  std::string requests_path;
  // Of the requests that have a value to change, how many of a hundred do.
  int changed_percent = 0;
  int connections = 64;
  int seconds = 5;
};

struct LoadResult {
  double per_second = 0;
  double p50_ms = 0;
  double p99_ms = 0;
};

// Unavailable: wrk failed, or a request did, by its connection, by time or by its status.
Result<LoadResult> RunLoad(Context& context, const LoadOptions& options);

}  // namespace rollcall::bench
