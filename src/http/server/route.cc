#include "http/server/route.h"

#include <algorithm>
#include <utility>

namespace rollcall::http {

std::string MethodNames(Methods methods) {
  std::string names;
  for (const auto& [method, name] : {std::pair(kGet, "GET"), std::pair(kHead, "HEAD"),
                                     std::pair(kPost, "POST"), std::pair(kDelete, "DELETE")}) {
    if ((methods & method) == 0) continue;
    if (!names.empty()) names += ", ";
    names += name;
  }
  return names;
}

size_t MaxBytesOf(const BodyRule& rule) {
  constexpr size_t kMostIgnoredBytes = 64 * 1024;
  if (const auto* const bounded = std::get_if<BoundedBody>(&rule)) return bounded->max_bytes;
  return kMostIgnoredBytes;
}

RouteUse::RouteUse(metrics::Registry& registry, std::string name)
    : registry_(registry),
      name_(std::move(name)),
      seconds_(registry.GetHistogram("rollcall_http_request_duration_seconds",
                                     "Time from a complete request to its answer",
                                     metrics::Histogram::LatencyBuckets(), {{"route", name_}})) {}

void RouteUse::Count(int status) {
  const int index = status - kFirstStatus;
  if (index < 0 || index >= kStatuses) return Count(500);  // as the front writes it
  std::atomic<metrics::Counter*>& slot = answers_[static_cast<size_t>(index)];
  metrics::Counter* counter = slot.load(std::memory_order_acquire);
  if (counter == nullptr) {
    counter = &registry_.GetCounter("rollcall_http_requests_total", "Requests by route and code",
                                    {{"route", name_}, {"code", std::to_string(status)}});
    slot.store(counter, std::memory_order_release);
  }
  counter->Add();
}

void RouteUse::Time(std::chrono::steady_clock::duration taken) {
  seconds_.Observe(std::chrono::duration<double>(taken).count());
}

// Two threads that learn at once may lose one of the two: it is an estimate.
void RouteUse::Learn(size_t answer_bytes) {
  const size_t expected = expected_bytes();
  const size_t next = std::max(answer_bytes, expected - expected / 8);
  if (next != expected) expected_bytes_.store(next, std::memory_order_relaxed);
}

void AllowAnySite(HttpResponse& response) {
  response.headers.push_back({"Access-Control-Allow-Origin", "*"});
  response.headers.push_back({"Access-Control-Expose-Headers", "ETag, Retry-After"});
}

}  // namespace rollcall::http
