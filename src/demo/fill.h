// Fills a store with the demo fleet's history, through the same ingest path that serves the
// network.
#pragma once

#include <cstdint>
#include <functional>

#include "base/status.h"
#include "demo/fleet.h"
#include "metrics/registry.h"
#include "storage/stores.h"

namespace rollcall::demo {

// Takes in what is left of the fleet, and marks the store as one that holds a whole demo;
// `progress(reports)` is called for each. Fails with the first report that could not be stored;
// Unavailable where `stop` said true.
Status FillWithDemo(storage::Stores& stores, DemoFleet& fleet, metrics::Registry& registry,
                    const std::function<void(uint64_t)>& progress,
                    const std::function<bool()>& stop);

// Whether a store was filled to the end.
Result<bool> HoldsWholeDemo(const storage::Store& store);

}  // namespace rollcall::demo
