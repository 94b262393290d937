#include "storage/record_scan.h"

#include <string>
#include <utility>

namespace rollcall::storage {

RecordScan::RecordScan(const Records& records, RecordsView view)
    : records_(records), view_(std::move(view)), left_(view_.full->size() + 1) {}

bool RecordScan::NextBlock() {
  while (left_ > 0) {
    --left_;
    head_ = left_ == view_.full->size() ? &view_.filling.head : &(*view_.full)[left_];
    if (head_->count == 0) continue;
    present_ = head_->Present();
    return true;
  }
  return false;
}

Result<ColumnView> RecordScan::Column(RecordColumn column) const {
  if (head_ == &view_.filling.head) {
    const uint64_t* const values = (*view_.filling.values)[IndexOf(column)].get();
    return ColumnView::Of(view_.filling.values, {values, head_->slots});
  }
  const std::string step = "column " + std::string(NameOf(column)) + " of block " +
                           std::to_string(head_->block) + " of records";
  auto row = records_.store().Get(Table::kRecordColumns, EncodeColumnKey(head_->block, column),
                                  &view_.snapshot);
  if (!row.ok()) return row.status().WithContext(step);
  if (!row->has_value()) return Status::DataLoss(step + ": it is not there");
  Result<ColumnView> view = ColumnView::Decode(std::move(**row));
  if (!view.ok()) return view.status().WithContext(step);
  if (view->size() != head_->slots) return Status::DataLoss(step + ": it is too short");
  return view;
}

Result<Record> RecordScan::Read(RecordId id) const {
  Result<std::optional<Record>> record = records_.Read(id, &view_.snapshot);
  if (!record.ok()) return record.status();
  if (record->has_value()) return **std::move(record);
  return Status::DataLoss("record " + std::to_string(id.value) + ": it is not there");
}

}  // namespace rollcall::storage
