#include "http/access/sender_limits.h"

#include <algorithm>
#include <random>
#include <string>

#include "http/server/address.h"
#include "http/server/route.h"

namespace rollcall::http {
namespace {

using std::chrono::hours;
using std::chrono::milliseconds;
using std::chrono::minutes;
using std::chrono::seconds;

constexpr size_t kLimitedSenders = 65'536;

uint64_t Seed() { return uint64_t{std::random_device()()} << 32 | std::random_device()(); }

metrics::Counter& CounterOf(metrics::Registry& registry, const char* limit) {
  return registry.GetCounter("rollcall_requests_limited_total",
                             "Requests that were answered 429, by the sender's limit that they met",
                             {{"limit", limit}});
}

}  // namespace

SenderLimits::SenderLimits(const SenderLimitOptions& options, metrics::Registry& registry)
    : options_(options),
      of_minute_(kLimitedSenders, options.requests_per_minute, minutes(1), Seed()),
      of_day_(kLimitedSenders, options.requests_per_day, hours(24), Seed()),
      met_minute_(CounterOf(registry, "requests_minute")),
      met_day_(CounterOf(registry, "requests_day")) {}

std::optional<HttpResponse> SenderLimits::Refuse(const HttpRequest& head) {
  if (head.listener != Listener::kPublic || IsLoopbackPrefix(head.sender)) return std::nullopt;
  const auto now = std::chrono::steady_clock::now();
  milliseconds wait{0};
  if (options_.requests_per_minute > 0 && !of_minute_.Take(head.sender, now)) {
    met_minute_.Add();
    wait = of_minute_.Wait(head.sender, now);
  } else if (options_.requests_per_day > 0 && !of_day_.Take(head.sender, now)) {
    met_day_.Add();
    wait = of_day_.Wait(head.sender, now);
  } else {
    return std::nullopt;
  }
  HttpResponse response = HttpResponse::Text(429, "too many requests from this address");
  const int64_t after = std::max<int64_t>(1, std::chrono::ceil<seconds>(wait).count());
  response.headers.push_back({"Retry-After", std::to_string(after)});
  AllowAnySite(response);
  return response;
}

}  // namespace rollcall::http
