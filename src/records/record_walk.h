// A walk over the records that pass a filter, newest first. It reads columns, and as whole records
// only those that it returns, or that a pattern is looked for in; how much it reads depends on how
// far back it has to go, not on how many conditions there are. One thread; must not outlive the
// Records.
#pragma once

#include <chrono>
#include <optional>
#include <stop_token>
#include <vector>

#include "base/status.h"
#include "model/record.h"
#include "records/record_filter.h"
#include "records/slot_filter.h"
#include "records/source.h"

namespace rollcall::records {

class RecordWalk {
 public:
  using Deadline = std::chrono::steady_clock::time_point;

  // Over the records that there are now. `stop` makes Next Unavailable.
  RecordWalk(const storage::Records& records, RecordFilter filter, std::stop_token stop = {});
  RecordWalk(const RecordWalk&) = delete;
  RecordWalk& operator=(const RecordWalk&) = delete;

  // Returns the next record, which is older than those before; nullopt at the end, or where records
  // have to be read to be looked into and the time is over. DataLoss, Unavailable: the store cannot
  // be read; the walk is then over.
  Result<std::optional<Record>> Next(Deadline until = Deadline::max());
  // After nullopt: where the walk goes on, below this id; nullopt: it was the end.
  std::optional<RecordId> rest() const;

 private:
  // Sets found_ to what the columns of a block say, oldest first. Returns false at the end.
  Result<bool> FindInNextBlock();
  // Whether the scan's block was dropped after the walk began.
  bool IsDropped() const { return scan_.head().block < storage::BlockOf(source_.records.first()); }

  const RecordFilter filter_;
  const Source source_;
  storage::RecordScan scan_;
  std::optional<SlotFilter> slots_;  // from the first Next on
  std::vector<RecordId> found_;      // of the scan's block, oldest first; not read yet
  std::vector<Record> read_;         // newer ones than those, oldest first
};

}  // namespace rollcall::records
