// The history of a VictoriaMetrics, pulled month by month into a store or through a server. Runs on
// the calling thread until all is stored.
#pragma once

#include <cstdint>
#include <vector>

#include "base/civil_time.h"
#include "base/status.h"
#include "cli/options.h"
#include "ingest/importer.h"

namespace rollcall::cli {

struct PulledMonth {
  Month month;
  ingest::ImportTally tally;
};

// Appends what was pulled to `months`, also where it fails: that is stored, and the same options
// bring the rest. Says on stderr where it goes on from.
Status PullHistory(const Options& options, std::vector<PulledMonth>& months);

}  // namespace rollcall::cli
