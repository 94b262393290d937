// Measurements of a server at one size of the fleet, for the benches of memory, start and growth.
#pragma once

#include <cstdint>
#include <string>

#include "tests/bench/bench.h"

namespace rollcall::bench {

// Each adds its rows to the context, under the name of the bench.
Status MeasureMemory(Context& context, uint32_t sources, const std::string& bench);
Status MeasureStart(Context& context, uint32_t sources, const std::string& bench);

}  // namespace rollcall::bench
