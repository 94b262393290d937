// A RecordFilter made ready for the records of one moment: which slots of a block pass, by columns
// alone but for patterns, which need the record. Used while a view is made; one thread.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <vector>

#include "base/status.h"
#include "model/record.h"
#include "records/record_filter.h"
#include "records/source.h"
#include "records/word_texts.h"

namespace rollcall::records {

class SlotFilter {
 public:
  // Both must outlive this object. DataLoss, Unavailable: as reads of the store.
  static Result<SlotFilter> Make(const Source& source, const RecordFilter& filter);

  // Returns false where no record of the block passes, as far as that costs nothing to know.
  bool MayPass(const storage::BlockHead& head) const;
  // Takes the bits of slots that do not pass. Of a filter by machine a few that do not may stay.
  Status Keep(const storage::RecordScan& scan, storage::BlockBits& slots);

  // Returns whether what the columns do not have passes: the payload, and the whole machine id.
  bool Passes(const Record& record) const;
  // Returns whether Passes has to be asked.
  bool NeedsRecord() const { return filter_->NeedsPayload() || !filter_->machine_id.empty(); }

 private:
  // A column, and the value that it must have.
  struct Wanted {
    storage::RecordColumn column;
    uint64_t value = 0;
  };

  SlotFilter(const Source& source, const RecordFilter& filter);
  // Finds out which of the records are of the machine, as far as the index says so quickly.
  Status FindMachine(const Source& source);
  Status KeepReceived(const storage::RecordScan& scan, storage::BlockBits& slots) const;
  Status KeepCaptured(const storage::RecordScan& scan, storage::BlockBits& slots) const;

  const RecordFilter* filter_;
  WordTest classes_;
  std::vector<Wanted> wanted_;
  // By block the records of the machine; nullopt: a column says which they are.
  std::optional<std::map<uint64_t, storage::BlockBits>> of_machine_;
  bool is_empty_ = false;  // no record has such a text
};

}  // namespace rollcall::records
