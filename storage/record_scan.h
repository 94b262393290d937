// A scan of the records' columns as of one moment: block by block, newest first. It costs no memory
// but for the columns that are asked for. Must not outlive the Records. One thread.
//
//   RecordScan scan(stores.records());
//   while (scan.NextBlock()) {
//     const auto severity = scan.Column(RecordColumn::kSeverity);
//     if (!severity.ok()) return severity.status();
//     scan.present().ForEach([&](size_t slot) { ++counts[(*severity)[slot]]; });
//   }
#pragma once

#include <cstddef>
#include <optional>
#include <span>
#include <vector>

#include "storage/records.h"

namespace rollcall::storage {

class RecordScan {
 public:
  // The records that there are now, or those of a view.
  explicit RecordScan(const Records& records) : RecordScan(records, records.View()) {}
  RecordScan(const Records& records, RecordsView view);

  // Goes to the next older block with records; at first to the newest. Returns false at the end,
  // and where all that is older has been dropped since (Records::first).
  bool NextBlock();
  // Goes to the oldest block with records from that one on. Returns false where there is none.
  bool SeekBlock(uint64_t block);

  // Of the block: how many records it has, and when they were received and captured, at the first
  // and at the latest.
  const BlockHead& head() const { return *head_; }
  // The slots that have a record. The columns of others say nothing.
  BlockBits present() const { return head_->Present(); }
  RecordId IdOf(size_t slot) const { return IdAt(head_->block, slot); }
  size_t slots() const { return head_->slots; }
  // A column of the block, by slot. DataLoss, Unavailable: it is damaged, or cannot be read.
  Result<ColumnView> Column(RecordColumn column) const;

  // A record of the view, as a whole. DataLoss: it is not there, or damaged.
  Result<Record> Read(RecordId id) const;
  // The last ones of these records of the view, which are in ascending order, as it is cheapest to
  // read them: at least one, and not many that are large. Requires ids.
  Result<std::vector<Record>> ReadLast(std::span<const RecordId> ids) const;
  const RecordsView& view() const { return view_; }
  const Records& records() const { return records_; }

 private:
  const Records& records_;
  const RecordsView view_;
  size_t left_;  // blocks, with the one that is being filled
  const BlockHead* head_ = nullptr;
};

}  // namespace rollcall::storage
