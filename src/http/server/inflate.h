// Decompression of a complete body (`Content-Encoding: gzip`). Pure but for the budget; any thread.
#pragma once

#include <cstddef>
#include <string_view>

#include "http/server/body_buffer.h"

namespace rollcall::http {

enum class InflateResult { kOk, kMalformed, kTooLarge, kBudgetExhausted };

// Inflates `gzip` (one or more members and nothing after them) and appends the result to `out`.
// Never writes beyond the cap of `out`: a bomb costs no more than a body of the largest size
// allowed. On failure `out` holds what was inflated until then. kMalformed: truncated, corrupt, or
// followed by other bytes. kTooLarge and kBudgetExhausted: as BodyBuffer::Room.
InflateResult InflateGzip(std::string_view gzip, BodyBuffer& out);

}  // namespace rollcall::http
