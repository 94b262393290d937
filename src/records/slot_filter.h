// A RecordFilter made ready for the records of one moment: which slots of a block pass, by columns
// alone but for patterns, which need the record. Used while a view is made; one thread.
#pragma once

#include <cstdint>
#include <optional>

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

  // Takes the bits of slots that do not pass. Of a filter by machine a few that do not may stay.
  Status Keep(const storage::RecordScan& scan, storage::BlockBits& slots);

  // Returns whether what the columns do not have passes: the payload, and the whole machine id.
  bool Passes(const Record& record) const;
  // Returns whether Passes has to be asked.
  bool NeedsRecord() const { return filter_->NeedsPayload() || !filter_->machine_id.empty(); }

 private:
  SlotFilter(const Source& source, const RecordFilter& filter);
  Status KeepWord(const storage::RecordScan& scan, storage::RecordColumn column,
                  const std::optional<uint32_t>& ref, storage::BlockBits& slots) const;
  Status KeepCaptured(const storage::RecordScan& scan, storage::BlockBits& slots) const;

  const RecordFilter* filter_;
  WordTest classes_;
  // The refs of texts that are asked for as a whole; nullopt: any will do.
  std::optional<uint32_t> build_;
  std::optional<uint32_t> system_;
  uint64_t machine_ = 0;
  bool is_empty_ = false;  // no record has such a text
};

}  // namespace rollcall::records
