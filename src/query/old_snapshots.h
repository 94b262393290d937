// Overviews of months older than all that another source has, from the snapshots that the former
// server left in a directory. Owned by the server. Thread-safe.
#pragma once

#include <string>

#include "model/overview.h"
#include "query/snapshot_files.h"

namespace rollcall::query {

class OldSnapshots final : public OverviewSource {
 public:
  // `newer` outlives it.
  OldSnapshots(OverviewSource& newer, std::string directory, const Clock& clock)
      : newer_(newer), files_(std::move(directory)), clock_(clock) {}

  // What the newer source says, and where that has nothing the latest snapshot. A snapshot knows
  // its month alone: for the quarter and the year stands the largest of their months, number by
  // number, which is what they were at least.
  Result<std::optional<Overview>> Read(const Fleet& fleet, Month month,
                                       std::stop_token stop = {}) override;

 private:
  Overview Of(const Fleet& fleet, const MonthSnapshot& snapshot, UnixSeconds now) const;

  OverviewSource& newer_;
  const SnapshotFiles files_;
  const Clock& clock_;
};

}  // namespace rollcall::query
