// A move of history from a VictoriaMetrics, pulled month by month into a store or through a server.
// Runs on the calling thread until everything is stored.
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

// Pulls the history that the options name, and appends each month to `months`. After a failure
// `months` has what was stored; calling again with the same options fetches the rest. Says on
// stderr where it resumes.
Status PullHistory(const Options& options, std::vector<PulledMonth>& months);

}  // namespace rollcall::cli
