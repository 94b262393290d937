// A day's chunk as a list of instants, for an import to merge what it brings with what is there.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "base/civil_time.h"
#include "base/status.h"
#include "model/report.h"

namespace rollcall::ingest {

// The series that a source had at one second; sorted by metric, then label set, each once.
struct Instant {
  UnixSeconds time;
  std::vector<SeriesValue> series;
};

// DataLoss where the chunk is damaged.
Result<std::vector<Instant>> ReadInstants(Day day, std::string_view chunk);

struct MergeTally {
  uint64_t reports = 0;  // instants that were not there
  uint64_t samples = 0;  // values that were not there, or smaller
};

// Takes `added` (sorted by time, times unique) into `instants` (in time order). A series that an
// instant has already keeps the larger value: what is merged twice changes nothing. What is new joins
// the report of that second that shares a metric with it, else it becomes a report of its own, so that
// two senders of one second stay two streams.
MergeTally MergeInstants(const std::vector<Instant>& added, std::vector<Instant>& instants);

// The chunk that holds these instants, as live reports would have written it.
std::string WriteInstants(Day day, const std::vector<Instant>& instants);

}  // namespace rollcall::ingest
