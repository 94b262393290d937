#include "records/slot_filter.h"

#include <algorithm>
#include <string>

namespace rollcall::records {

using storage::BlockBits;
using storage::ColumnView;
using storage::RecordColumn;

SlotFilter::SlotFilter(const Source& source, const RecordFilter& filter)
    : filter_(&filter), classes_(source, [&filter](std::string_view text) {
        return MatchesClassification(filter.classification, text);
      }) {}

Result<SlotFilter> SlotFilter::Make(const Source& source, const RecordFilter& filter) {
  SlotFilter made(source, filter);
  const auto find = [&](const std::string& text, std::optional<uint32_t>& ref) -> Status {
    if (text.empty()) return Status::Ok();
    const Result<uint32_t> found = source.records.words().Find(text, &source.view.snapshot);
    if (!found.ok()) return found.status();
    ref = *found;
    made.is_empty_ |= *found == 0;
    return Status::Ok();
  };
  ROLLCALL_RETURN_IF_ERROR(find(filter.build, made.build_));
  ROLLCALL_RETURN_IF_ERROR(find(filter.system_name, made.system_));
  if (!filter.machine_id.empty()) made.machine_ = source.records.MachineHash(filter.machine_id);
  return made;
}

Status SlotFilter::Keep(const storage::RecordScan& scan, BlockBits& slots) {
  if (is_empty_) {
    slots = BlockBits();
    return Status::Ok();
  }
  ColumnView column;
  if (filter_->severity != 0) {
    ROLLCALL_RETURN_IF_ERROR(Load(scan, RecordColumn::kSeverity, column));
    column.KeepEqual(filter_->severity, slots);
  }
  if (filter_->external) {
    ROLLCALL_RETURN_IF_ERROR(Load(scan, RecordColumn::kExternal, column));
    column.KeepEqual(*filter_->external ? 1 : 0, slots);
  }
  ROLLCALL_RETURN_IF_ERROR(KeepWord(scan, RecordColumn::kBuild, build_, slots));
  ROLLCALL_RETURN_IF_ERROR(KeepWord(scan, RecordColumn::kSystem, system_, slots));
  if (!filter_->classification.empty() && slots.Any()) {
    ROLLCALL_RETURN_IF_ERROR(Load(scan, RecordColumn::kClassification, column));
    ROLLCALL_RETURN_IF_ERROR(classes_.Keep(column, slots));
  }
  ROLLCALL_RETURN_IF_ERROR(KeepCaptured(scan, slots));
  if (!filter_->machine_id.empty() && slots.Any()) {
    ROLLCALL_RETURN_IF_ERROR(Load(scan, RecordColumn::kMachine, column));
    column.KeepEqual(machine_, slots);
  }
  return Status::Ok();
}

Status SlotFilter::KeepWord(const storage::RecordScan& scan, RecordColumn which,
                            const std::optional<uint32_t>& ref, BlockBits& slots) const {
  if (!ref || !slots.Any()) return Status::Ok();
  ColumnView column;
  ROLLCALL_RETURN_IF_ERROR(Load(scan, which, column));
  column.KeepEqual(*ref, slots);
  return Status::Ok();
}

Status SlotFilter::KeepCaptured(const storage::RecordScan& scan, BlockBits& slots) const {
  const UnixSeconds from = filter_->captured_from.value_or(UnixSeconds::min());
  const UnixSeconds before = filter_->captured_before.value_or(UnixSeconds::max());
  const auto& head = scan.head();
  if (head.first_capture >= from && head.last_capture < before) return Status::Ok();
  if (head.last_capture < from || head.first_capture >= before) slots = BlockBits();
  if (!slots.Any()) return Status::Ok();
  ColumnView column;
  ROLLCALL_RETURN_IF_ERROR(Load(scan, RecordColumn::kCapture, column));
  BlockBits kept = slots;
  slots.ForEach([&](size_t slot) {
    const UnixSeconds capture{std::chrono::seconds(column[slot])};
    if (capture < from || capture >= before) kept.Remove(slot);
  });
  slots = kept;
  return Status::Ok();
}

bool SlotFilter::Passes(const Record& record) const {
  if (!filter_->machine_id.empty() && record.machine_id != filter_->machine_id) return false;
  if (filter_->payload && !filter_->payload->Finds(record.payload)) return false;
  return !filter_->not_payload || !filter_->not_payload->Finds(record.payload);
}

}  // namespace rollcall::records
