#include "storage/peaks_operator.h"

#include <string>
#include <string_view>

#include "storage/peaks_change.h"
#include "storage/row_codec.h"

namespace rollcall::storage {
namespace {

class PeaksOperator final : public rocksdb::MergeOperator {
 public:
  // A merge that fails would end a scan, or a compaction, at this row. Damage is passed on instead:
  // whoever decodes the row finds it, and names the source.
  bool FullMergeV2(const MergeOperationInput& in, MergeOperationOutput* out) const override {
    PeaksRow row;
    if (in.existing_value != nullptr && !DecodePeaks(in.existing_value->ToStringView(), row).ok()) {
      out->new_value = in.existing_value->ToString();
      return true;
    }
    PeaksChanges changes;
    std::string_view damaged;
    for (const rocksdb::Slice& operand : in.operand_list) {
      if (!changes.Add(operand.ToStringView()).ok()) damaged = operand.ToStringView();
    }
    out->new_value = EncodePeaks(changes.ApplyTo(row));
    out->new_value += damaged;
    return true;
  }

  // Written into the store's files: never changed.
  const char* Name() const override { return "rollcall.peaks"; }
};

}  // namespace

std::shared_ptr<rocksdb::MergeOperator> NewPeaksOperator() {
  return std::make_shared<PeaksOperator>();
}

}  // namespace rollcall::storage
