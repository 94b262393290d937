// A compressed form of what came in, a report's body that waits to be forwarded or a record's
// payload: one zstd frame that records the size of its content. Pure functions; any thread.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>

#include "base/status.h"

namespace rollcall {

// Compresses the body; fast rather than small, since a sender waits for it.
std::string PackBody(std::string_view body);

// Returns the body. DataLoss: `packed` is not what PackBody wrote, or its content is over
// `max_bytes` (inclusive).
Result<std::string> UnpackBody(std::string_view packed, size_t max_bytes);

}  // namespace rollcall
