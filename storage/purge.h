// The purge: takes what was erased out of the files. A row that is deleted is still in logs, in
// table files until these are compacted, and a key at the end of one is in the manifest too. That a
// purge is due is a number in the store, put there in the transaction that erases; so one that a
// crash cut short is gone on with after the next start.
#pragma once

#include <cstdint>
#include <functional>
#include <stop_token>

#include "base/status.h"
#include "storage/transaction.h"

namespace rollcall::storage {

// Puts into a transaction that what it deletes is to be purged.
Status AddPurge(Store& store, Transaction& transaction);

// Returns how many erasures there were since the last purge was begun.
Result<uint64_t> PurgesDue(const Store& store);

// Purges if that is due. Reports and queries go on meanwhile. Calls `progress(done, all)` between
// the steps. Unavailable: the disk is full or failed, somebody reads what was erased and does not
// end, or a stop was requested: the purge stays due. One at a time: others wait for it.
Status Purge(Store& store, const std::function<void(uint64_t, uint64_t)>& progress,
             const std::stop_token& stop = {});
// Whether one is under way.
bool IsPurging(Store& store);

}  // namespace rollcall::storage
