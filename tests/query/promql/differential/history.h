// A random history of series that two engines are asked about. A plain value.
//
// Samples never lie on a whole second, where windows of whole seconds have their edges: Prometheus
// 2 has its windows closed on the left. Values are multiples of 1/8, so that their sums are exact
// in any order. A counter is far from 0 wherever samples are missing before it, because Prometheus
// 2 extrapolates differently there.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "query/promql/engine.h"

namespace rollcall::promql::test {

struct History {
  // Multiples of an hour. All samples lie between them.
  static constexpr int64_t kStartMs = 1'700'000'000'000 / 3'600'000 * 3'600'000;
  static constexpr int64_t kEndMs = kStartMs + int64_t{4} * 3'600'000;

  std::vector<ResultSeries> series;
};

// Counters (requests_total, errors_total), gauges (temperature, size, rare), a constant (info) and
// a classic histogram (latency_bucket), with labels job, instance and their own.
History MakeHistory(uint64_t seed);

// Returns it as OpenMetrics, whose times are seconds.
std::string WriteOpenMetrics(const History& history);

}  // namespace rollcall::promql::test
