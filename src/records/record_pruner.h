// The pruner of records: deletes what is past its time, and says how many by which rule. It goes
// block by block, oldest first, in transactions of some thousand records, between which others get
// their turn. One thread.
#pragma once

#include <chrono>
#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "base/clock.h"
#include "base/status.h"
#include "parse/record_retention_json.h"
#include "storage/record_scan.h"
#include "storage/record_sweep.h"
#include "storage/records.h"
#include "storage/stores.h"

namespace rollcall::records {

class RecordPruner {
 public:
  // Deletes by `now`, which is to be the store's time: records are old that were received more days
  // before it than their rules give them. All must outlive it.
  RecordPruner(storage::Stores& stores, const RecordRetention& retention, UnixSeconds now);

  // Goes on for that long, or to the end of the chunk under way. Returns whether there is more to
  // do. `dry_run`: only counts. DataLoss, Unavailable: from the store; what was deleted stays
  // deleted.
  Result<bool> Step(std::chrono::milliseconds budget, bool dry_run);

  // How many records were deleted, or would be, by each rule: "keep_days: 35 days", "severity 1: 7
  // days", "org.x/*: 3 days". A record that is past the time of several counts for the shortest.
  const std::map<std::string, uint64_t>& by_rule() const { return by_rule_; }
  uint64_t total() const;
  // How many words and stacks of records were deleted with them, for no record has them any more.
  uint64_t texts() const { return sweep_ ? sweep_->deleted() : 0; }
  // Returns that as lines: "org.x/*: 3 days: 1 record", …, "deleted: 1 of 3 records".
  std::string Describe(bool dry_run) const;

 private:
  struct Rule {
    std::string name;
    uint32_t days = 0;  // 0: for ever
  };
  // Returns the rule that decides about records of this severity and class: the shortest of those
  // that name them; null: they are kept for ever.
  const Rule* RuleOf(uint64_t severity, const std::string& classification) const;
  UnixSeconds KeptFrom(const Rule& rule) const { return now_ - std::chrono::days(rule.days); }
  // Gives the room back that nothing needs any more, for as long as Step says.
  Result<bool> GiveRoomBack(std::chrono::milliseconds budget);
  // Deletes some records of the scan's block. Returns whether it has none left that are old.
  Result<bool> PruneBlock(const storage::RecordScan& scan, bool dry_run);

  storage::Store& store_;
  storage::Records& records_;
  const UnixSeconds now_;
  const uint64_t count_;  // of records at the beginning
  Rule keep_;
  std::vector<std::pair<uint8_t, Rule>> severities_;
  std::vector<std::pair<std::string, Rule>> classes_;
  std::optional<UnixSeconds> kept_by_all_;  // what was received since is kept; nullopt: all is
  uint64_t next_block_ = 0;
  std::optional<storage::RecordSweep> sweep_;
  std::map<std::string, uint64_t> by_rule_;
};

}  // namespace rollcall::records
