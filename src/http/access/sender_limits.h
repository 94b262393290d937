// The limits on how many requests one sender may make at the public listener: an IPv4 address or an
// IPv6 /64, but never this machine itself. Kept in a bounded number of bytes in memory alone. Owned
// by whoever serves; for the thread of the front's loop.
#pragma once

#include <cstdint>
#include <optional>

#include "base/rate_table.h"
#include "http/server/message.h"
#include "metrics/registry.h"

namespace rollcall::http {

// So many at once, and as many again in each minute, or day. 0: no limit.
struct SenderLimitOptions {
  uint32_t requests_per_minute = 6'000;
  uint32_t requests_per_day = 1'000'000;
};

class SenderLimits {
 public:
  // `registry` must outlive this object.
  SenderLimits(const SenderLimitOptions& options, metrics::Registry& registry);

  // Returns a 429 where the sender has made too many requests; otherwise counts this one.
  std::optional<HttpResponse> Refuse(const HttpRequest& head);

 private:
  const SenderLimitOptions options_;
  RateTable of_minute_;
  RateTable of_day_;
  metrics::Counter& met_minute_;
  metrics::Counter& met_day_;
};

}  // namespace rollcall::http
