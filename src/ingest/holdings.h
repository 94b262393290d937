// All that a store holds of one source. Plain values; any thread.
#pragma once

#include <cstdint>
#include <optional>
#include <vector>

#include "base/civil_time.h"
#include "model/peaks.h"
#include "model/source_id.h"
#include "storage/stores.h"

namespace rollcall::ingest {

struct Holdings {
  struct OfDay {
    Day day;
    uint64_t bytes = 0;                // of its chunk
    std::vector<UnixSeconds> reports;  // when they came, in the order in which they did
  };
  struct OfMonth {
    Month month;
    PeaksRow peaks;
  };
  std::optional<UnixSeconds> first_seen;  // nullopt: it has rows in the outbox alone
  std::vector<OfDay> days;
  std::vector<OfMonth> months;
  storage::Outbox::Erased waiting;  // in the outbox
};

// NotFound: the store holds nothing of the source; DataLoss, Unavailable: as reads of the store.
Result<Holdings> ReadHoldings(storage::Stores& stores, FleetRef fleet, const SourceId& id);

}  // namespace rollcall::ingest
