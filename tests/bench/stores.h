// Stores with a year of history that several benches start from, each size written once a run.
#pragma once

#include <cstdint>
#include <string>

#include "tests/bench/bench.h"

namespace rollcall::bench {

// Closed months beyond the year that the oldest of them needs: each can be asked for once.
inline constexpr unsigned kSpareMonths = 4;
// The running one among them.
inline constexpr int kMonthsOfHistory = 12 + kSpareMonths;

// A copy of the store of this many sources, for the caller alone. Its history ends today.
Result<std::string> StoreWithHistory(Context& context, uint32_t sources);

// The sizes at which a bench runs: 1,000, 10,000 and 100,000; a quick run only the first.
std::vector<uint32_t> FleetSizes(const Context& context);

// Names the row after a figure at this many sources.
void NameAfter(const std::string& subject, uint32_t sources, Row& row);

// "10,000".
std::string WithCommas(uint64_t number);

}  // namespace rollcall::bench
