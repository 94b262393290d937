// Undoes `Content-Encoding: gzip` of a whole body. Pure but for the budget; any thread.
#pragma once

#include <cstddef>
#include <string_view>

#include "http/server/body_buffer.h"

namespace rollcall::http {

enum class InflateResult { kOk, kMalformed, kTooLarge, kBudgetExhausted };

// Appends what `gzip` holds (one member or several, nothing behind them) to `out`. It never writes
// beyond out's cap: a bomb costs no more than a body of the largest allowed size. On failure `out`
// holds what was inflated until then. kMalformed: truncated, corrupt, or followed by other bytes.
InflateResult InflateGzip(std::string_view gzip, BodyBuffer& out);

}  // namespace rollcall::http
