// Packs a report's body for the time that it waits to be forwarded: one zstd frame that knows how
// large its content is. Pure functions; any number of threads may call them.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>

#include "base/status.h"

namespace rollcall {

// Fast rather than small: it is on the way of every report that is forwarded.
std::string PackBody(std::string_view body);

// DataLoss: not what PackBody wrote, or its content is over `max_bytes` (inclusive).
Result<std::string> UnpackBody(std::string_view packed, size_t max_bytes);

}  // namespace rollcall
