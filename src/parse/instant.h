// An instant as a person or a client writes it. Pure function.
#pragma once

#include <string_view>

#include "base/clock.h"
#include "base/status.h"

namespace rollcall {

// What ParseInstant accepts, in words that follow "is not".
inline constexpr std::string_view kAllowedInstants =
    "a time (2026, 2026-03, 2026-03-07, 2026-03-07T12:00:05Z, or Unix seconds)";

// Reads an instant from 1970 to 9999, both inclusive. A year, a month and a day stand for their
// first instant, UTC. RFC 3339 requires its Z or offset. Unix seconds have at least five digits and
// may have a fraction, which is cut to milliseconds. InvalidArgument: anything else.
Result<UnixMilliseconds> ParseInstant(std::string_view text);

}  // namespace rollcall
