// Erasure: takes a source out of the store, or some of its reports, with all that was counted from
// them. It is one transaction: after a crash all of it is there, or nothing. What the files still
// hold of it goes with storage/purge.h, which a start goes on with.
//
// No import may run meanwhile, for it remembers refs of sources. Any thread.
#pragma once

#include <cstdint>
#include <optional>
#include <vector>

#include "base/civil_time.h"
#include "base/hash.h"
#include "base/status.h"
#include "ingest/ingester.h"
#include "model/source_id.h"
#include "storage/stores.h"

namespace rollcall::ingest {

struct ErasureRequest {
  FleetRef fleet;
  SourceId id;
  // Only the reports of this second; nullopt: all that is held.
  std::optional<UnixSeconds> report;
};

// What was erased, and what became of the counts.
struct Erasure {
  uint64_t reports = 0;  // whose chunks were stored
  uint64_t outbox_reports = 0;
  uint64_t parked_reports = 0;
  uint64_t days = 0;                 // of them, whose tallies are counted again
  std::optional<UnixSeconds> first;  // report
  std::optional<UnixSeconds> last;
  std::vector<Month> months;  // whose peaks changed: windows with them are counted again
  // Months whose windows stay as they were counted, with the source: retention has dropped peaks
  // that they would be counted from.
  std::vector<Month> kept_windows;
  // Days on which the source reported whose tallies stay so: retention has dropped their reports.
  uint64_t kept_days = 0;
  // A chain over the erased rows, in the order of their tables and keys: XXH3-128, seed 0, of the
  // hash before (16 bytes, big-endian, at first zeros), the key and the value. It tells what was
  // erased to whoever has a copy of it, and nothing to others.
  Hash128 hash;
};

// Erases. `ingester`: of the server that has the stores open; null: there is none. NotFound: the
// store holds no such source, or no report of it at that time; FailedPrecondition: the peaks of the
// month cannot be worked out again, for not all its reports are kept; DataLoss, Unavailable: as the
// store. On failure nothing is erased.
Result<Erasure> Erase(storage::Stores& stores, Ingester* ingester, const ErasureRequest& request);

}  // namespace rollcall::ingest
