#include "records/slot_filter.h"

#include <algorithm>
#include <string>

namespace rollcall::records {

using storage::BlockBits;
using storage::ColumnView;
using storage::RecordColumn;

namespace {

// Of a machine with more records the columns say which they are.
constexpr size_t kMostOfAMachine = 4'096;

}  // namespace

SlotFilter::SlotFilter(const Source& source, const RecordFilter& filter)
    : filter_(&filter), classes_(source, [&filter](std::string_view text) {
        return MatchesClassification(filter.classification, text);
      }) {}

Result<SlotFilter> SlotFilter::Make(const Source& source, const RecordFilter& filter) {
  SlotFilter made(source, filter);
  const std::string class_text = filter.is_exact ? filter.classification : "";
  for (const auto& [column, text] : {std::pair(RecordColumn::kBuild, &filter.build),
                                     std::pair(RecordColumn::kSystem, &filter.system_name),
                                     std::pair(RecordColumn::kClassification, &class_text)}) {
    if (text->empty()) continue;
    const Result<uint32_t> word = source.records.words().Find(*text, &source.view.snapshot);
    if (!word.ok()) return word.status();
    made.is_empty_ |= *word == 0;
    made.wanted_.push_back({column, *word});
  }
  if (filter.severity != 0) made.wanted_.push_back({RecordColumn::kSeverity, filter.severity});
  if (filter.external)
    made.wanted_.push_back({RecordColumn::kExternal, *filter.external ? 1U : 0U});
  if (!filter.machine_id.empty()) ROLLCALL_RETURN_IF_ERROR(made.FindMachine(source));
  return made;
}

Status SlotFilter::FindMachine(const Source& source) {
  const uint64_t machine = source.records.MachineHash(filter_->machine_id);
  const auto ids = source.records.OfMachine(machine, filter_->below.value_or(RecordId{UINT64_MAX}),
                                            kMostOfAMachine, source.view);
  if (!ids.ok()) return ids.status();
  if (ids->size() == kMostOfAMachine) {
    wanted_.push_back({RecordColumn::kMachine, machine});
    return Status::Ok();
  }
  of_machine_.emplace();
  for (const RecordId id : *ids) (*of_machine_)[storage::BlockOf(id)].Add(storage::SlotOf(id));
  return Status::Ok();
}

bool SlotFilter::MayPass(const storage::BlockHead& head) const {
  const RecordFilter& filter = *filter_;
  return !is_empty_ && (!of_machine_ || of_machine_->contains(head.block)) &&
         (!filter.below || storage::IdAt(head.block, 0) < *filter.below) &&
         (!filter.received_after || head.last_reception > *filter.received_after) &&
         (!filter.captured_from || head.last_capture >= *filter.captured_from) &&
         (!filter.captured_before || head.first_capture < *filter.captured_before);
}

Status SlotFilter::Keep(const storage::RecordScan& scan, BlockBits& slots) {
  const uint64_t block = scan.head().block;
  if (!MayPass(scan.head())) {
    slots = BlockBits();
    return Status::Ok();
  }
  if (filter_->below && storage::BlockOf(*filter_->below) == block) {
    slots.KeepOnly(BlockBits::FirstOf(storage::SlotOf(*filter_->below)));
  }
  if (of_machine_) slots.KeepOnly(of_machine_->at(block));
  ColumnView column;
  for (const Wanted& wanted : wanted_) {
    if (!slots.Any()) return Status::Ok();
    ROLLCALL_RETURN_IF_ERROR(Load(scan, wanted.column, column));
    column.KeepEqual(wanted.value, slots);
  }
  if (!filter_->classification.empty() && !filter_->is_exact && slots.Any()) {
    ROLLCALL_RETURN_IF_ERROR(Load(scan, RecordColumn::kClassification, column));
    ROLLCALL_RETURN_IF_ERROR(classes_.Keep(column, slots));
  }
  ROLLCALL_RETURN_IF_ERROR(KeepReceived(scan, slots));
  return KeepCaptured(scan, slots);
}

Status SlotFilter::KeepReceived(const storage::RecordScan& scan, BlockBits& slots) const {
  const auto after = filter_->received_after;
  if (!after || scan.head().first_reception > *after || !slots.Any()) return Status::Ok();
  ColumnView column;
  ROLLCALL_RETURN_IF_ERROR(Load(scan, RecordColumn::kReception, column));
  const auto least = after->time_since_epoch().count();
  if (least >= 0) column.KeepAbove(static_cast<uint64_t>(least), slots);
  return Status::Ok();
}

Status SlotFilter::KeepCaptured(const storage::RecordScan& scan, BlockBits& slots) const {
  const UnixSeconds from = filter_->captured_from.value_or(UnixSeconds::min());
  const UnixSeconds before = filter_->captured_before.value_or(UnixSeconds::max());
  const auto& head = scan.head();
  if ((head.first_capture >= from && head.last_capture < before) || !slots.Any()) {
    return Status::Ok();
  }
  ColumnView column;
  ROLLCALL_RETURN_IF_ERROR(Load(scan, RecordColumn::kCapture, column));
  const auto least = from.time_since_epoch().count();
  if (least > 0) column.KeepAbove(static_cast<uint64_t>(least) - 1, slots);
  if (before == UnixSeconds::max()) return Status::Ok();
  BlockBits kept = slots;
  slots.ForEach([&](size_t slot) {
    if (UnixSeconds(std::chrono::seconds(column[slot])) >= before) kept.Remove(slot);
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
