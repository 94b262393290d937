// Any bytes as what somebody pushes for a host, and as what a target answers. What must hold
// whatever they are:
//  - a push that is taken is JSON, by another reader, and all of its samples are within the bounds;
//  - counters that are taken are numbers from 0 on;
//  - a refusal is one short line of printable ASCII.
#include <cmath>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <nlohmann/json.hpp>
#include <string>
#include <string_view>

#include "parse/host_samples_json.h"
#include "parse/request_metrics.h"
#include "parse/uptime_json.h"

namespace rollcall {
namespace {

void Require(bool holds, const char* what) {
  if (holds) return;
  std::fprintf(stderr, "fuzz_host_bodies: does not hold: %s\n", what);
  std::abort();
}

void CheckRefusal(const Status& status) {
  Require(status.code() == Code::kInvalidArgument, "a refusal is the sender's fault");
  Require(status.message().size() < 512, "a refusal is short");
  for (const char c : status.message()) Require(c >= ' ' && c <= '~', "a refusal is one line");
}

void CheckPush(std::string_view body) {
  const HostSamplesBounds bounds{UnixSeconds(std::chrono::seconds(1'000)),
                                 UnixSeconds(std::chrono::seconds(2'000'000'000)), 8};
  const auto read = ParseHostSamplesJson(body, bounds);
  if (!read.ok()) return CheckRefusal(read.status());
  Require(nlohmann::json::accept(body), "what is taken is JSON");
  size_t samples = 0;
  for (const HostSamples& of : *read) {
    samples += of.samples.size();
    for (const HostSample& sample : of.samples) {
      Require(sample.time >= bounds.earliest && sample.time <= bounds.latest, "its time");
      Require(std::isfinite(sample.requests_sec) && sample.requests_sec >= 0, "its requests");
      Require(std::isfinite(sample.p99_ms) && sample.p99_ms >= 0, "its percentile");
      Require(sample.error_rate >= 0 && sample.error_rate <= 100, "its errors");
    }
  }
  Require(samples <= bounds.samples, "no more samples than may be");
  Require(read->size() <= bounds.samples, "no more hosts than may be");
}

void CheckCounters(const Result<CountersByHost>& read) {
  if (!read.ok()) return CheckRefusal(read.status());
  for (const auto& [host, counters] : *read) {
    Require(counters.requests >= 0 && counters.errors >= 0 && counters.p99_ms >= 0, "from 0 on");
    for (const auto& [bound, count] : counters.latency_buckets) {
      Require(!std::isnan(bound) && count >= 0, "a bucket");
    }
  }
}

}  // namespace
}  // namespace rollcall

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  const std::string_view body(reinterpret_cast<const char*>(data), size);
  rollcall::CheckPush(body);
  rollcall::CheckCounters(rollcall::ParseUptimeJson(body));
  rollcall::CheckCounters(rollcall::ParseRequestMetrics(body, rollcall::kProxyMetrics, "target"));
  return 0;
}
