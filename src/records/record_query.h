// A query for records: which ones, newest first, and the walk that finds them. It reads columns,
// and as whole records only those that it returns; how much it reads depends on how far back it has
// to go, not on how many filters there are. One thread; must not outlive the Records.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "base/status.h"
#include "model/record.h"
#include "storage/record_scan.h"

namespace rollcall::records {

// What is not set does not matter. All must hold.
struct RecordQuery {
  std::optional<std::string> classification = {};  // exactly
  std::optional<uint8_t> severity = {};
  std::optional<std::string> machine_id = {};
  std::optional<std::string> build = {};
  std::optional<bool> external = {};
  std::optional<UnixSeconds> received_after = {};  // exclusive
  std::optional<UnixSeconds> captured_after = {};  // exclusive
  std::optional<RecordId> below = {};              // exclusive
};

class RecordWalk {
 public:
  // Over the records that there are now.
  RecordWalk(const storage::Records& records, RecordQuery query);

  // Returns the next record, which is older than those before; nullopt at the end. DataLoss,
  // Unavailable: the store cannot be read; the walk is then over.
  Result<std::optional<Record>> Next();

 private:
  // A column and the value that it must have.
  struct Wanted {
    storage::RecordColumn column;
    uint64_t value = 0;
  };

  Status Begin();
  // Finds out which of the records are of the machine, as far as the index says so quickly.
  Status FindMachine(const std::string& machine_id);
  // Sets found_ to the records of the block that the columns say match, oldest first.
  Status SearchBlock();
  bool IsOutside() const;
  // Whether a block was dropped after the walk began.
  bool IsDropped(uint64_t block) const { return block < storage::BlockOf(scan_.records().first()); }

  const RecordQuery query_;
  storage::RecordScan scan_;
  bool has_begun_ = false;
  bool is_over_ = false;
  std::vector<Wanted> wanted_;
  // By block the records that may match; nullopt: all may.
  std::optional<std::map<uint64_t, std::vector<RecordId>>> candidates_;
  std::vector<RecordId> found_;  // of the scan's block, oldest first; not read yet
  std::vector<Record> read_;     // newer ones than those, oldest first
};

}  // namespace rollcall::records
