// An overview source that adds older months to another one: those of which the former server left
// snapshots in a directory. Owned by the server. Thread-safe.
#pragma once

#include <string>

#include "model/overview.h"
#include "query/snapshot_files.h"

namespace rollcall::query {

class OldSnapshots final : public OverviewSource {
 public:
  // `newer` and `clock` must outlive this object.
  OldSnapshots(OverviewSource& newer, std::string directory, const Clock& clock)
      : newer_(newer), files_(std::move(directory)), clock_(clock) {}

  // Returns the overview of the newer source or, where that has none, one made of the latest
  // snapshot that is not after `month`. A snapshot covers its month alone; so each number of the
  // quarter and of the year is the largest of their months, which is a lower bound.
  Result<std::optional<Overview>> Read(const Fleet& fleet, Month month,
                                       std::stop_token stop = {}) override;

 private:
  Overview Of(const Fleet& fleet, const MonthSnapshot& snapshot, UnixSeconds now) const;

  OverviewSource& newer_;
  const SnapshotFiles files_;
  const Clock& clock_;
};

}  // namespace rollcall::query
