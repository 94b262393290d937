// The limits on how fast reports of strangers may bring what is new: sources and label sets stay in
// the store for as long as what was counted of them. Reports of sources and label sets that are
// known go on, whatever else comes; what is new waits. Kept in a bounded number of bytes in memory
// alone. Owned by the committer; its thread only.
//
// A limit "per minute" or "per day" is that much at once, and as much again in each such time.
#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include "base/hash.h"
#include "base/named_enum.h"
#include "base/rate_table.h"
#include "metrics/registry.h"
#include "model/ids.h"

namespace rollcall::ingest {

// 0: no limit.
struct FloodOptions {
  uint32_t source_reports_per_minute = 60;  // of one source
  // Sources that never reported before, of one address prefix.
  uint32_t new_sources_per_minute = 100;
  uint32_t new_sources_per_day = 5'000;
  // Label sets that the store does not have.
  uint32_t new_label_sets_per_report = 1'000;
  uint32_t new_label_sets_per_day = 200'000;  // of one fleet
  uint64_t label_sets = 10'000'000;           // of the store, in all
};

#define ROLLCALL_FLOOD_LIMITS(ROW)                  \
  ROW(kSourceReports, "source_reports_minute")      \
  ROW(kNewSourcesMinute, "new_sources_minute")      \
  ROW(kNewSourcesDay, "new_sources_day")            \
  ROW(kNewLabelSetsReport, "new_label_sets_report") \
  ROW(kNewLabelSetsDay, "new_label_sets_day")       \
  ROW(kLabelSets, "label_sets")

ROLLCALL_NAMED_ENUM(FloodLimit, ROLLCALL_FLOOD_LIMITS);

// Returns what a report that meets the limit is told.
std::string TextOf(FloodLimit limit);

class FloodLimits {
 public:
  FloodLimits(const FloodOptions& options, metrics::Registry& registry);

  // Return the limit that is met, and count it; else count what is asked for, and return nullopt.
  std::optional<FloodLimit> TakeReport(const Hash128& id_hash);
  std::optional<FloodLimit> TakeSource(uint64_t sender);
  // `known`: how many label sets the store has.
  std::optional<FloodLimit> TakeLabelSets(FleetRef fleet, size_t count, uint64_t known);

 private:
  FloodLimit Met(FloodLimit limit);

  const FloodOptions options_;
  RateTable reports_;
  RateTable sources_of_minute_;
  RateTable sources_of_day_;
  RateTable label_sets_of_day_;
  EnumArray<FloodLimit, metrics::Counter*> met_;
};

}  // namespace rollcall::ingest
