// Classes of records that were rare and are now frequent. Pure functions of a moment's records; any
// thread. It goes by our own clock: what machines say of the time may be wrong just then.
//
// The rule: a class is named when in the last 24 hours at least 20 records of it came, from at
// least 2 machine ids, and at least 10 times as many as on an average day of the 14 days before. Of
// a store that is younger, the days that it has count; with fewer than 3 nothing is named.
#pragma once

#include <chrono>
#include <cstdint>
#include <string>
#include <vector>

#include "base/clock.h"
#include "base/status.h"
#include "records/source.h"

namespace rollcall::records {

inline constexpr uint64_t kSpikeRecords = 20;
inline constexpr uint64_t kSpikeMachines = 2;
inline constexpr double kSpikeFactor = 10;
inline constexpr std::chrono::days kSpikeDay{1};
inline constexpr uint64_t kSpikeDaysBefore = 14;
inline constexpr uint64_t kSpikeLeastDays = 3;

struct Spike {
  std::string classification;
  uint64_t records = 0;         // in the last 24 hours
  uint64_t machines = 0;        // distinct ids that they came from
  uint64_t records_before = 0;  // in the days before
};

struct Spikes {
  uint64_t days_before = 0;   // whole days that are compared with; below 3: no class is named
  std::vector<Spike> spikes;  // the most records first
};

// DataLoss, Unavailable: as reads of the store.
Result<Spikes> FindSpikes(const Source& source, UnixSeconds now);

}  // namespace rollcall::records
