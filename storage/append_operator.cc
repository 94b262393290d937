#include "storage/append_operator.h"

#include <deque>
#include <string>

namespace rollcall::storage {
namespace {

class AppendOperator final : public rocksdb::MergeOperator {
 public:
  bool FullMergeV2(const MergeOperationInput& in, MergeOperationOutput* out) const override {
    size_t size = in.existing_value != nullptr ? in.existing_value->size() : 0;
    for (const rocksdb::Slice& operand : in.operand_list) size += operand.size();
    out->new_value.clear();
    out->new_value.reserve(size);
    if (in.existing_value != nullptr) {
      out->new_value.append(in.existing_value->data(), in.existing_value->size());
    }
    for (const rocksdb::Slice& operand : in.operand_list) {
      out->new_value.append(operand.data(), operand.size());
    }
    return true;
  }

  bool PartialMergeMulti(const rocksdb::Slice&, const std::deque<rocksdb::Slice>& operands,
                         std::string* out, rocksdb::Logger*) const override {
    out->clear();
    for (const rocksdb::Slice& operand : operands) out->append(operand.data(), operand.size());
    return true;
  }

  // Written into the store's files: never changed.
  const char* Name() const override { return "rollcall.append"; }
};

}  // namespace

std::shared_ptr<rocksdb::MergeOperator> NewAppendOperator() {
  return std::make_shared<AppendOperator>();
}

}  // namespace rollcall::storage
