// The fleets that a store has seen: their names, the ref of each, and by which rule their periods
// were counted. A fleet keeps its ref for ever, declared or not, so one that comes back has its
// history. Owned by Stores; thread-safe.
#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <string>
#include <string_view>

#include "base/mutex.h"
#include "base/status.h"
#include "model/ids.h"
#include "storage/store.h"

namespace rollcall::storage {

class FleetNames {
 public:
  // DataLoss: a ref is damaged.
  static Result<std::unique_ptr<FleetNames>> Open(Store& store);

  // Returns the ref of a fleet; 0 where the store does not know the name.
  FleetRef Find(std::string_view name) const;
  // Returns the ref of a fleet, after giving it one, durably, if it has none. Unavailable: the disk
  // failed, or all 65,535 are used up.
  Result<FleetRef> Assign(const std::string& name);
  // Returns all fleets by name, in the order of their names.
  std::map<std::string, FleetRef, std::less<>> All() const;

  // The rule by which the stored periods of a fleet were counted, as a number that changes with the
  // rule; 0 where none was set.
  Result<uint64_t> Rule(std::string_view name) const;
  Status SetRule(std::string_view name, uint64_t rule);

 private:
  explicit FleetNames(Store& store) : store_(store) {}
  Status Load();

  Store& store_;
  mutable Mutex mutex_;
  std::map<std::string, FleetRef, std::less<>> refs_ GUARDED_BY(mutex_);
};

}  // namespace rollcall::storage
