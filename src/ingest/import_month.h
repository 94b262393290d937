// The merge of imported reports of one source and one month with what is stored: the chunks of the
// days, the peaks of the month, the gain of the totals. Called by the import's writer; one thread.
#pragma once

#include <span>

#include "base/civil_time.h"
#include "ingest/chunk_merge.h"
#include "model/ids.h"
#include "model/totals.h"
#include "storage/stores.h"

namespace rollcall::ingest {

// The imported reports of one source and one month.
struct ImportedMonth {
  FleetRef fleet;
  SourceRef source;
  Month month;
  std::span<const Instant> added;  // sorted by time, times unique
  Day kept_from;  // the next retention drops reports of earlier days: they do not count as new
};

// Puts all changed rows into the transaction, and what the stored totals gain into `gains`. Drops
// totals of later months that become stale. Does not store days again that retention has deleted;
// their reports still count in the peaks of the month. Adds to `tally` what was new. Requires that
// the transaction holds nothing else of this source and month.
Status ImportMonth(storage::Stores& stores, const ImportedMonth& imported,
                   storage::Transaction& transaction, TotalsMap& gains, MergeTally& tally);

}  // namespace rollcall::ingest
