// The erasure of a machine's records. Any thread.
#pragma once

#include <cstdint>
#include <string_view>

#include "base/status.h"
#include "storage/stores.h"

namespace rollcall::records {

// Erases all records of a machine; returns how many there were. A few thousand go in a transaction,
// and after a crash the rest is there, to be erased by another call. What the files still hold of
// them goes with storage/purge.h. DataLoss, Unavailable: as the store.
Result<uint64_t> EraseMachine(storage::Stores& stores, std::string_view machine_id);

}  // namespace rollcall::records
