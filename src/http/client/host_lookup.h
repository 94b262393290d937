// Turns a host name into addresses, in bounded time: the system's resolver knows neither deadlines
// nor a way to stop it.
#pragma once

#include <chrono>
#include <stop_token>
#include <string>
#include <vector>

#include "base/status.h"

namespace rollcall::http {

// Numeric addresses of `host` in the resolver's order, at least 1 and at most 4; a numeric host is
// its own answer. Unavailable: the name is unknown, `deadline` passed, or a stop was requested; the
// resolver then goes on by itself until it gives up. Thread-safe. May throw what std::thread
// throws.
Result<std::vector<std::string>> LookUpHost(const std::string& host,
                                            std::chrono::steady_clock::time_point deadline,
                                            std::stop_token stop);

}  // namespace rollcall::http
