// The filling of a store with the history of made-up fleets, through the same ingest path that
// serves the network. One thread.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <vector>

#include "base/status.h"
#include "demo/fleet.h"
#include "ingest/prepared_report.h"
#include "metrics/registry.h"
#include "storage/stores.h"

namespace rollcall::demo {

// A fleet and how its reports come in.
struct DemoIntake {
  ingest::Intake intake;
  bool body_names_source;
  std::unique_ptr<DemoFleet> fleet;
};

// Takes in the remaining reports of all fleets in the order of their times, then marks the store as
// one that holds a whole demo. Calls `progress` for each report with the number so far. Fails with
// the first failure to store a report. Unavailable: `stop` returned true.
Status FillWithDemo(storage::Stores& stores, const std::vector<DemoIntake>& intakes,
                    metrics::Registry& registry, const std::function<void(uint64_t)>& progress,
                    const std::function<bool()>& stop);

// Returns whether a store was filled to the end.
Result<bool> HoldsWholeDemo(const storage::Store& store);

}  // namespace rollcall::demo
