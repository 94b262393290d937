#include "storage/record_scan.h"

#include <algorithm>
#include <string>
#include <utility>

#include "storage/record_row.h"

namespace rollcall::storage {
namespace {

// Read at once, records share the search for the blocks that they are in.
constexpr size_t kReadAtOnce = 64;
constexpr size_t kMostBytesAtOnce = 1024 * 1024;

}  // namespace

RecordScan::RecordScan(const Records& records, RecordsView view)
    : records_(records), view_(std::move(view)), left_(view_.full->size() + 1) {}

bool RecordScan::NextBlock() {
  while (left_ > 0) {
    --left_;
    head_ = left_ == view_.full->size() ? &view_.filling.head : &(*view_.full)[left_];
    if (head_->block < BlockOf(records_.first())) return false;
    if (head_->count == 0) continue;
    return true;
  }
  return false;
}

bool RecordScan::SeekBlock(uint64_t block) {
  const auto at =
      std::lower_bound(view_.full->begin(), view_.full->end(), block,
                       [](const BlockHead& head, uint64_t wanted) { return head.block < wanted; });
  left_ = static_cast<size_t>(at - view_.full->begin()) + 1;
  if (NextBlock()) {
    // Only the block that is being filled may have none.
    if (head_->block >= block) return true;
  }
  return false;
}

Result<ColumnView> RecordScan::Column(RecordColumn column) const {
  if (head_ == &view_.filling.head) {
    const uint64_t* const values = (*view_.filling.values)[IndexOf(column)].get();
    return ColumnView::Of(view_.filling.values, {values, head_->slots});
  }
  return records_.ReadColumn(head_->block, column, &view_.snapshot);
}

Result<Record> RecordScan::Read(RecordId id) const {
  Result<std::optional<Record>> record = records_.Read(id, &view_.snapshot);
  if (!record.ok()) return record.status();
  if (record->has_value()) return *std::move(record).value();
  return Status::DataLoss("record " + std::to_string(id.value) + ": it is not there");
}

Result<std::vector<Record>> RecordScan::ReadLast(std::span<const RecordId> ids) const {
  const std::span<const RecordId> last = ids.last(std::min(ids.size(), kReadAtOnce));
  std::vector<std::string> keys;
  for (const RecordId id : last) keys.push_back(EncodeKey(id));
  const auto rows =
      records_.store().GetAll(Table::kRecords, keys, kMostBytesAtOnce, &view_.snapshot);
  if (!rows.ok()) return rows.status();
  std::vector<Record> records;
  if (rows->empty()) {
    Result<Record> record = Read(last.back());
    if (!record.ok()) return record.status();
    records.push_back(*std::move(record));
  }
  for (size_t i = 0; i < rows->size(); ++i) {
    Result<Record> record = records_.Decode(last[i], (*rows)[i], &view_.snapshot);
    if (!record.ok()) return record.status();
    records.push_back(*std::move(record));
  }
  return records;
}

}  // namespace rollcall::storage
