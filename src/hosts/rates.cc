#include "hosts/rates.h"

#include <algorithm>
#include <cmath>
#include <utility>

namespace rollcall::hosts {
namespace {

constexpr double kQuantile = 0.99;
constexpr double kMillisecondsOfASecond = 1000;

double InThousandths(double v) { return std::round(v * 1000) / 1000; }

double Difference(double before, double now) { return std::max(0.0, now - before); }

}  // namespace

double P99Seconds(const std::map<double, double>& before, const std::map<double, double>& now) {
  std::vector<std::pair<double, double>> came;  // upper bound, how many up to it
  for (const auto& [bound, count] : now) {
    const auto at = before.find(bound);
    const double count_before = at == before.end() ? 0 : at->second;
    if (count < count_before) return 0;
    came.emplace_back(bound, count - count_before);
  }
  if (came.empty() || came.back().second <= 0) return 0;
  const double rank = kQuantile * came.back().second;
  double low = 0;
  double below = 0;
  for (const auto& [bound, up_to] : came) {
    if (up_to >= rank) {
      if (std::isinf(bound) || up_to <= below) return low;
      return low + (bound - low) * (rank - below) / (up_to - below);
    }
    low = bound;
    below = up_to;
  }
  return low;
}

std::vector<HostSamples> Rates::Advance(CountersByHost counters, Steady steady, UnixSeconds wall) {
  const double seconds =
      last_time_ ? std::chrono::duration<double>(steady - *last_time_).count() : 0;
  std::vector<HostSamples> all;
  all.reserve(counters.size());
  for (const auto& [name, now] : counters) {
    Result<HostName> host = HostName::Parse(name);
    if (!host.ok()) continue;
    HostSample sample;
    sample.time = wall;
    sample.p99_ms = InThousandths(now.p99_ms);
    sample.active_backends = now.active_backends;
    const auto last = last_.find(name);
    if (last != last_.end() && seconds > 0) {
      const HostCounters& before = last->second;
      const double requests = Difference(before.requests, now.requests);
      const double errors = Difference(before.errors, now.errors);
      sample.requests_sec = InThousandths(requests / seconds);
      if (requests > 0) sample.error_rate = InThousandths(std::min(100.0, 100 * errors / requests));
      if (!now.latency_buckets.empty()) {
        sample.p99_ms = InThousandths(kMillisecondsOfASecond *
                                      P99Seconds(before.latency_buckets, now.latency_buckets));
      }
    }
    all.push_back({std::move(*host), {sample}});
  }
  last_ = std::move(counters);
  last_time_ = steady;
  return all;
}

}  // namespace rollcall::hosts
