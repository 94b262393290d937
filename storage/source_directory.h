// The sources: ids and their numbers, both ways, and when each was first seen. On disk only: who
// needs them fast keeps them (ingest's source table). Writing calls need the store's writer lock.
#pragma once

#include <atomic>
#include <memory>
#include <string_view>

#include "base/clock.h"
#include "model/ids.h"
#include "model/source_id.h"
#include "storage/ref_sequence.h"
#include "storage/store.h"

namespace rollcall::storage {

class SourceDirectory {
 public:
  static Result<std::unique_ptr<SourceDirectory>> Open(Store& store);

  // The number of a source; a new one goes into the batch, first seen `now`. A batch under way must
  // not ask twice for the same new source. Writer lock.
  Result<SourceRef> Intern(FleetRef fleet, const SourceId& id, UnixSeconds now, Batch& batch);
  void Save(Batch& batch) const { sequence_.Save(batch); }
  void Committed();
  void Abandoned() { sequence_.Abandoned(); }

  // How many there are, of all fleets. Thread-safe.
  uint64_t size() const { return size_.load(std::memory_order_relaxed); }

 private:
  explicit SourceDirectory(Store& store) : store_(store) {}

  Store& store_;
  RefSequence sequence_{"last_source"};
  std::atomic<uint64_t> size_{0};
};

}  // namespace rollcall::storage
