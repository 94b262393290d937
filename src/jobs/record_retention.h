// The retention of records: once a day, at half past four in the morning of this machine, what is
// past its time is deleted, some of it in each run of the job, so that other jobs get their turn.
// All by the store's time. The thread of the jobs.
#pragma once

#include <memory>
#include <optional>

#include "base/clock.h"
#include "base/status.h"
#include "parse/record_retention_json.h"
#include "records/record_pruner.h"
#include "storage/stores.h"

namespace rollcall::jobs {

// Returns the first half past four, local time, after `time`.
UnixSeconds NextRecordRetention(UnixSeconds time);

class RecordRetentionJob {
 public:
  // `stores` must outlive it.
  RecordRetentionJob(storage::Stores& stores, RecordRetention retention)
      : stores_(stores), retention_(std::move(retention)) {}

  // Does nothing before it is time, and while the store has no time to delete by. DataLoss,
  // Unavailable: from the store; the next run goes on.
  Status Run();

 private:
  storage::Stores& stores_;
  const RecordRetention retention_;
  std::optional<UnixSeconds> due_;
  std::unique_ptr<records::RecordPruner> pruner_;  // while it is under way
};

}  // namespace rollcall::jobs
