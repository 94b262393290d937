// A month of reports every 15 minutes from made-up clusters, both streams, as they arrive: seconds
// late, and at odd milliseconds. The same month for everyone who asks. One thread.
#pragma once

#include <chrono>
#include <cstdint>
#include <functional>
#include <string>

#include "base/civil_time.h"
#include "base/status.h"

namespace rollcall::bench {

struct ArrivedReport {
  UnixMilliseconds time;
  std::string source;
  std::string body;
};

// Calls `take` for each report, those of one source in order. Ends with the first failure, which is
// its own.
Status ForEachReportOfMonth(Month month, uint32_t sources,
                            const std::function<Status(const ArrivedReport&)>& take);

}  // namespace rollcall::bench
