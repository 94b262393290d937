// Merges imported reports of one source and one month with what the store has: the days' chunks,
// the month's peaks, what the totals gain.
#pragma once

#include <span>

#include "base/civil_time.h"
#include "ingest/chunk_merge.h"
#include "model/ids.h"
#include "model/totals.h"
#include "storage/stores.h"

namespace rollcall::ingest {

// Reports of one source and one month.
struct ImportedMonth {
  FleetRef fleet;
  SourceRef source;
  Month month;
  std::span<const Instant> added;  // sorted by time, times unique
  Day kept_from;  // reports of earlier days go with the next retention: they are not new
};

// Puts what changes into the transaction, and what the kept totals gain into `gains`; totals of
// later months that become stale are dropped. Days that retention has deleted are not stored again;
// their reports still count in the month's peaks. Requires that the transaction holds nothing else
// of this source's month.
Status ImportMonth(storage::Stores& stores, const ImportedMonth& imported,
                   storage::Transaction& transaction, TotalsMap& gains, MergeTally& tally);

}  // namespace rollcall::ingest
