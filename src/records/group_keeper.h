// Keeps the groups of declared views (storage/record_groups.h) for the blocks of records that are
// full: those that are missing are made, the newest blocks first, and those of views that are not
// declared any more are deleted. So a view need not read records again, whenever it is asked for.
// The thread of the jobs.
#pragma once

#include <chrono>
#include <cstdint>
#include <map>
#include <optional>
#include <stop_token>
#include <utility>
#include <vector>

#include "base/clock.h"
#include "base/status.h"
#include "metrics/registry.h"
#include "records/record_views.h"
#include "records/view_groups.h"
#include "storage/record_groups.h"
#include "storage/stores.h"

namespace rollcall::records {

class GroupKeeper {
 public:
  // All must outlive it.
  GroupKeeper(storage::Stores& stores, const RecordViews& views, const Clock& clock,
              metrics::Registry& registry)
      : stores_(stores), views_(views), clock_(clock), registry_(registry) {}

  // Makes groups for as long as that; the next call goes on. DataLoss: some could not be made, and
  // are tried again after an hour; the others are made all the same. Unavailable: from the store.
  Status Run(std::chrono::milliseconds budget, const std::stop_token& stop);

 private:
  using Steady = std::chrono::steady_clock;

  // Finds out which rows there are.
  Status Load();
  // A declared view that reads records.
  struct Wanted {
    const ViewDeclaration* view;
    uint64_t hash;
    UnixSeconds from;  // what was captured before does not count
  };
  Status DropUndeclared(const std::vector<Wanted>& wanted);
  // Makes a row of the scan's block. Returns false where there was not the time.
  Result<bool> Make(const Source& source, const storage::RecordScan& scan,
                    const ViewDeclaration& view, storage::RecordGroupsKey key,
                    Steady::time_point end);

  storage::Stores& stores_;
  const RecordViews& views_;
  const Clock& clock_;
  metrics::Registry& registry_;
  bool is_loaded_ = false;
  // The rows that there are, or that are not worth it, and how many records their blocks had:
  // where a block has fewer now, its rows are gone. 0: the row cannot be read.
  std::map<storage::RecordGroupsKey, uint32_t> there_;
  std::map<storage::RecordGroupsKey, Steady::time_point> failed_;  // until when they have to wait
  std::optional<std::pair<storage::RecordGroupsKey, GroupMaker>> making_;  // the one under way
};

}  // namespace rollcall::records
