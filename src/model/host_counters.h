// What a proxy says of the hosts it serves: counters, from which samples come once they are
// compared with those of a while before. Plain values.
#pragma once

#include <cstddef>
#include <cstdint>
#include <map>
#include <string>

namespace rollcall {

struct HostCounters {
  double requests = 0;  // ever
  double errors = 0;    // of these
  double p99_ms = 0;    // where the proxy says it itself
  // Where it has a histogram instead: how many requests took at most so many seconds, ever.
  std::map<double, double> latency_buckets;
  uint32_t active_backends = 0;

  bool operator==(const HostCounters&) const = default;
};

// The most hosts of one answer, inclusive.
inline constexpr size_t kMostHostsOfAnswer = 50'000;

// By the name of the host, which may be any text.
using CountersByHost = std::map<std::string, HostCounters>;

}  // namespace rollcall
