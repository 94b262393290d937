// Instants for tests, written as people write them. Pure functions; any thread.
#pragma once

#include <chrono>
#include <string_view>

#include "base/civil_time.h"

namespace rollcall::test {

// Returns the instant of a text such as "2026-03-07T12:00:00Z", rounded down to the second.
// Requires a valid one.
inline UnixSeconds InstantAt(std::string_view rfc3339) {
  return std::chrono::floor<std::chrono::seconds>(ParseRfc3339(rfc3339).value());
}

}  // namespace rollcall::test
