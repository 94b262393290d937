// The source directory: the sources' ids and their refs, both ways, and when each was first seen.
// On disk only: whoever needs them fast keeps a cache (ingest's source table). Owned by Stores.
#pragma once

#include <atomic>
#include <functional>
#include <memory>
#include <optional>
#include <string_view>

#include "base/clock.h"
#include "model/ids.h"
#include "model/source_id.h"
#include "storage/ref_sequence.h"
#include "storage/transaction.h"

namespace rollcall::storage {

class SourceDirectory final : private Participant {
 public:
  static Result<std::unique_ptr<SourceDirectory>> Open(Store& store);

  // Returns the ref of a source; a new one goes into the transaction, first seen `now`, unless
  // `may_be_new` is given and says no: then the ref is 0. Must not be called twice in a transaction
  // for the same new source.
  Result<SourceRef> Intern(FleetRef fleet, const SourceId& id, UnixSeconds now,
                           Transaction& transaction,
                           const std::function<bool()>& may_be_new = nullptr);

  struct Known {
    SourceRef ref;
    UnixSeconds first_seen{};
  };
  // Returns what is known of a source; nullopt where it never reported, or was erased. Thread-safe.
  Result<std::optional<Known>> Find(FleetRef fleet, const SourceId& id) const;
  // Puts into the transaction that a source is not known any more. Its ref is not given out again.
  void Remove(FleetRef fleet, const SourceId& id, SourceRef ref, Transaction& transaction);

  // Returns how many sources there ever were, in all fleets. Thread-safe.
  uint64_t size() const { return size_.load(std::memory_order_relaxed); }

 private:
  explicit SourceDirectory(Store& store) : store_(store) {}
  void Save(Transaction& transaction) const override { sequence_.Save(transaction); }
  void Committed() override;
  void Abandoned() override { sequence_.Abandoned(); }

  Store& store_;
  RefSequence sequence_{"last_source"};
  std::atomic<uint64_t> size_{0};
  const Participation participation_{store_, *this};
};

}  // namespace rollcall::storage
