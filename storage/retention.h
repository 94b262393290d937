// Retention: dropping what is older than an operator wants to keep, as range deletes.
#pragma once

#include "base/civil_time.h"
#include "base/status.h"
#include "storage/store.h"

namespace rollcall::storage {

// Drops the chunks of all days before `day`, the peaks of all months before `month`. Nothing
// happens where they were dropped before. Each is a transaction.
Status DropChunksBefore(Store& store, Day day);
Status DropPeaksBefore(Store& store, Month month);

// From which day on chunks, from which month on peaks have never been dropped. What is older may be
// there in part.
Result<Day> FirstWholeDay(const Store& store);
Result<Month> FirstWholeMonth(const Store& store);

}  // namespace rollcall::storage
