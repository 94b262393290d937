// The lookup of a host name's addresses, in bounded time: the system's resolver has neither a
// deadline nor a way to stop it.
#pragma once

#include <chrono>
#include <stop_token>
#include <string>
#include <vector>

#include "base/status.h"

namespace rollcall::http {

// Returns the numeric addresses of `host` in the resolver's order, at least 1 and at most 4; for a
// numeric host, the host itself. Unavailable: the name is unknown, `deadline` passed, or a stop was
// requested; the resolver then goes on in the background until it gives up. Thread-safe. May throw
// what std::thread throws.
Result<std::vector<std::string>> LookUpHost(const std::string& host,
                                            std::chrono::steady_clock::time_point deadline,
                                            std::stop_token stop);

}  // namespace rollcall::http
