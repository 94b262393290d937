// The sweep of the dictionaries of records: deletes the words and stacks that no record has any
// more. It reads every record once, in pieces, between which others get their turn; what came in
// meanwhile it reads before it deletes anything. One thread; must not outlive the Records.
#pragma once

#include <array>
#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "base/status.h"
#include "storage/records.h"

namespace rollcall::storage {

class RecordSweep {
 public:
  // Returns whether the dictionaries have grown by so much since the last sweep, a quarter and
  // some, that another one may be worth reading all records for.
  static Result<bool> IsDue(const Records& records);

  explicit RecordSweep(Records& records);

  // Goes on for that long, or to the end of the piece under way. Returns whether there is more to
  // do. DataLoss: a record cannot be read; nothing is deleted then. Unavailable: as commits.
  Result<bool> Step(std::chrono::milliseconds budget);
  // How many words and stacks it has deleted.
  uint64_t deleted() const { return deleted_; }

 private:
  using Deadline = std::optional<std::chrono::steady_clock::time_point>;
  // What is known of one dictionary.
  struct Part {
    Table table;
    ByteDictionary* dictionary;
    std::vector<bool> is_used;  // by ref, as far as there were any at the beginning
  };

  // Marks what the records from next_ on have. Returns whether it read them all.
  Result<bool> ReadRecords(Deadline deadline);
  void Mark(Part& part, uint32_t ref);
  // Puts the deletion of some entries of the part into the transaction. Returns whether that part
  // is done.
  Result<bool> DeleteSome(Part& part, Transaction& transaction);

  Records& records_;
  std::array<Part, 2> parts_;
  RecordId next_;         // the first one that was not read yet
  bool is_read_ = false;  // all that there were
  size_t part_ = 0;       // that is being deleted from
  std::string cursor_;    // the key in its table to go on at
  uint64_t deleted_ = 0;
};

}  // namespace rollcall::storage
