#include "records/record_query.h"

#include <utility>

namespace rollcall::records {
namespace {

using storage::BlockBits;
using storage::ColumnView;
using storage::RecordColumn;

// Of a machine with more records the columns say which they are.
constexpr size_t kMostOfAMachine = 4'096;

uint64_t Number(UnixSeconds time) { return static_cast<uint64_t>(time.time_since_epoch().count()); }

}  // namespace

RecordWalk::RecordWalk(const storage::Records& records, RecordQuery query)
    : query_(std::move(query)), scan_(records) {}

Result<std::optional<Record>> RecordWalk::Next() {
  if (!has_begun_) {
    has_begun_ = true;
    ROLLCALL_RETURN_IF_ERROR(Begin());
  }
  for (;;) {
    while (read_.empty() && found_.empty()) {
      if (is_over_ || !scan_.NextBlock()) return std::optional<Record>();
      const Status status = SearchBlock();
      if (!status.ok() && !IsDropped(scan_.head().block)) return status;
    }
    if (read_.empty()) {
      Result<std::vector<Record>> read = scan_.ReadLast(found_);
      if (!read.ok() && IsDropped(scan_.head().block)) {
        found_.clear();
        continue;
      }
      if (!read.ok()) return read.status();
      found_.resize(found_.size() - read->size());
      read_ = *std::move(read);
    }
    Record record = std::move(read_.back());
    read_.pop_back();
    // Two machines may have one hash.
    if (query_.machine_id && record.machine_id != *query_.machine_id) continue;
    return std::optional(std::move(record));
  }
}

Status RecordWalk::Begin() {
  for (const auto& [column, text] :
       {std::pair(RecordColumn::kClassification, &query_.classification),
        std::pair(RecordColumn::kBuild, &query_.build)}) {
    if (!*text) continue;
    const Result<uint32_t> word = scan_.records().words().Find(**text, &scan_.view().snapshot);
    if (!word.ok()) return word.status();
    // No record ever had it.
    if (*word == 0 && !(*text)->empty()) is_over_ = true;
    wanted_.push_back({column, *word});
  }
  if (query_.severity) wanted_.push_back({RecordColumn::kSeverity, *query_.severity});
  if (query_.external) wanted_.push_back({RecordColumn::kExternal, *query_.external ? 1U : 0U});
  return query_.machine_id ? FindMachine(*query_.machine_id) : Status::Ok();
}

Status RecordWalk::FindMachine(const std::string& machine_id) {
  const storage::Records& records = scan_.records();
  const uint64_t machine = records.MachineHash(machine_id);
  auto ids = records.OfMachine(machine, query_.below.value_or(RecordId{UINT64_MAX}),
                               kMostOfAMachine, scan_.view());
  if (!ids.ok()) return ids.status();
  if (ids->size() == kMostOfAMachine) {
    wanted_.push_back({RecordColumn::kMachine, machine});
    return Status::Ok();
  }
  candidates_.emplace();
  for (const RecordId id : *ids) (*candidates_)[storage::BlockOf(id)].push_back(id);
  return Status::Ok();
}

bool RecordWalk::IsOutside() const {
  const storage::BlockHead& head = scan_.head();
  return (query_.received_after && head.last_reception <= *query_.received_after) ||
         (query_.captured_after && head.last_capture <= *query_.captured_after) ||
         (query_.below && storage::IdAt(head.block, 0) >= *query_.below);
}

Status RecordWalk::SearchBlock() {
  if (IsOutside()) return Status::Ok();
  const storage::BlockHead& head = scan_.head();
  BlockBits bits = scan_.present();
  if (candidates_) {
    const auto of_block = candidates_->find(head.block);
    if (of_block == candidates_->end()) return Status::Ok();
    BlockBits candidates;
    for (const RecordId id : of_block->second) candidates.Add(storage::SlotOf(id));
    bits.KeepOnly(candidates);
  }
  if (query_.below && storage::BlockOf(*query_.below) == head.block) {
    bits.KeepOnly(BlockBits::FirstOf(storage::SlotOf(*query_.below)));
  }
  for (const Wanted& wanted : wanted_) {
    if (!bits.Any()) return Status::Ok();
    const Result<ColumnView> column = scan_.Column(wanted.column);
    if (!column.ok()) return column.status();
    column->KeepEqual(wanted.value, bits);
  }
  for (const auto& [after, first, name] :
       {std::tuple(query_.received_after, head.first_reception, RecordColumn::kReception),
        std::tuple(query_.captured_after, head.first_capture, RecordColumn::kCapture)}) {
    if (!after || first > *after || !bits.Any()) continue;
    const Result<ColumnView> column = scan_.Column(name);
    if (!column.ok()) return column.status();
    if (after->time_since_epoch().count() >= 0) column->KeepAbove(Number(*after), bits);
  }
  bits.ForEach([&](size_t slot) { found_.push_back(scan_.IdOf(slot)); });
  return Status::Ok();
}

}  // namespace rollcall::records
