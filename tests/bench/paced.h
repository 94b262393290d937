// What a report takes while something else goes on: one report after another, at a steady pace.
#pragma once

#include <functional>
#include <string>
#include <vector>

#include "base/status.h"
#include "tests/bench/bench.h"
#include "tests/bench/requests.h"

namespace rollcall::bench {

struct Latencies {
  std::vector<double> p50_ms;  // by round
  std::vector<double> p99_ms;
};

// Posts a report and returns the status of the answer.
using PostOne = std::function<int(const std::string& source, const std::string& body)>;

// Posts for one round and adds its figures. What waits behind a slow one waited from its own due
// time. Unavailable: one was not taken.
Status PostPaced(const Context& context, const Server& server,
                 const std::vector<StreamReport>& reports, Latencies& latencies);
// The same over a connection of one's own to a rollcall.
Status PostPaced(const Context& context, const PostOne& post,
                 const std::vector<StreamReport>& reports, Latencies& latencies);

}  // namespace rollcall::bench
