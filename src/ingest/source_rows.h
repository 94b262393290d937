// What a store holds of one source, day by day and month by month. Plain functions, for any thread;
// whoever changes what they find holds the transaction.
#pragma once

#include <functional>
#include <string>
#include <string_view>

#include "base/civil_time.h"
#include "base/status.h"
#include "model/ids.h"
#include "storage/store.h"

namespace rollcall::ingest {

// Call visit(day, chunk), or visit(month, encoded row of peaks), for each that there is, in order,
// from `first` to `last` (both inclusive). Cost: two seeks for each day or month that any source
// has. Fail where `visit` does; DataLoss, Unavailable: as reads of the store.
using VisitDay = std::function<Status(Day day, std::string_view chunk)>;
using VisitMonth = std::function<Status(Month month, std::string_view row)>;
Status ForEachDay(const storage::Store& store, FleetRef fleet, SourceRef source, Day first,
                  Day last, const VisitDay& visit);
Status ForEachMonth(const storage::Store& store, FleetRef fleet, SourceRef source,
                    const VisitMonth& visit);

}  // namespace rollcall::ingest
