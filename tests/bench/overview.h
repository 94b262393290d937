// Measurements of the overview at one size of the fleet, for the benches of the overview and of
// growth.
#pragma once

#include <cstdint>
#include <string>

#include "base/civil_time.h"
#include "tests/bench/bench.h"

namespace rollcall::bench {

std::string OverviewTarget(Month month);

// Each adds its rows to the context, under the name of the bench.
Status MeasureRunning(Context& context, uint32_t sources, const std::string& bench);
Status MeasureClosed(Context& context, uint32_t sources, const std::string& bench);

}  // namespace rollcall::bench
