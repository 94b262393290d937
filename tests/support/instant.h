// Instants for tests, as a person writes them.
#pragma once

#include <chrono>
#include <string_view>

#include "base/civil_time.h"

namespace rollcall::test {

// "2026-03-07T12:00:00Z", to the second.
inline UnixSeconds At(std::string_view rfc3339) {
  return std::chrono::floor<std::chrono::seconds>(ParseRfc3339(rfc3339).value());
}

}  // namespace rollcall::test
