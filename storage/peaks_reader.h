// Reads of a source's rows of the peaks table. Thread-safe.
#pragma once

#include "base/status.h"
#include "model/peaks.h"
#include "storage/keys.h"
#include "storage/store.h"

namespace rollcall::storage {

// Returns the stored row; an empty one where there is none.
Result<PeaksRow> ReadPeaks(const Store& store, const PeaksKey& key);

// Merges into `row` the source's rows of earlier months: those at least `from` and less than `to`
// months before the key's. On failure `row` is unspecified.
Status MergePeaksBefore(const Store& store, const PeaksKey& key, int from, int to, PeaksRow& row);

}  // namespace rollcall::storage
