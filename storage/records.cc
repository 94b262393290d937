#include "storage/records.h"

#include <algorithm>

#include "base/pack.h"
#include "storage/record_names.h"

namespace rollcall::storage {
namespace {

// So many records in a row are deleted as one range.
constexpr size_t kWorthARange = 64;

// By which a clock may be set back now and then.
constexpr std::chrono::seconds kOrdinaryStepBack = std::chrono::hours(24);

// A smaller payload is packed with its neighbours, when the table is written.
constexpr size_t kWorthPacking = 2'048;
// In UTF-8 a payload may be twice as large as it came.
constexpr size_t kMaxStoredPayload = 2 * kMaxRecordPayload;

RecordId LastOf(const BlockHead& head) { return {head.block * kRecordsOfBlock + head.slots}; }

}  // namespace

Result<std::unique_ptr<Records>> Records::Open(Store& store) {
  std::unique_ptr<Records> records(new Records(store));
  ROLLCALL_RETURN_IF_ERROR(records->Load());
  return records;
}

// `packed` is where a payload stands that is not as it came; the row views it and the record.
Result<RecordRow> Records::MakeRow(const Record& record, std::string& packed,
                                   Transaction& transaction) {
  RecordRow row;
  row.version = record.version;
  row.severity = record.severity;
  row.external = record.external;
  row.payload_version = record.payload_version;
  row.capture = record.capture;
  row.reception = record.reception;
  for (size_t i = 0; i < kRecordWords.size(); ++i) {
    const Result<uint32_t> word = words_->Intern(record.*kRecordWords[i], transaction);
    if (!word.ok()) return word.status();
    row.words[i] = {*word};
  }
  if (stack_of_) {
    const Result<uint32_t> stack = stacks_->Intern(stack_of_(record), transaction);
    if (!stack.ok()) return stack.status();
    row.stack = {*stack};
  }
  row.machine_id = record.machine_id;
  row.event_id = record.event_id;
  if (record.payload.size() >= kWorthPacking) packed = PackBody(record.payload);
  row.is_packed = !packed.empty() && packed.size() < record.payload.size();
  row.payload = row.is_packed ? packed : record.payload;
  return row;
}

Status Records::Append(Record& record, Transaction& transaction) {
  if (staged_.empty()) {
    const MutexLock lock(mutex_);
    staged_.push_back(filling_.values ? filling_ : NewBlock(filling_.head.block));
  } else if (staged_.back().head.slots == kRecordsOfBlock) {
    staged_.push_back(NewBlock(staged_.back().head.block + 1));
  }
  FillingBlock& filling = staged_.back();
  record.id = IdAt(filling.head.block, filling.head.slots);
  if (last_reception_ - record.reception <= kOrdinaryStepBack) {
    record.reception = std::max(record.reception, last_reception_);
  }
  std::string packed;
  const Result<RecordRow> row = MakeRow(record, packed, transaction);
  if (!row.ok()) return row.status();
  const uint64_t machine = MachineHash(row->machine_id);
  transaction.Put(Table::kRecords, EncodeKey(record.id), EncodeRecordRow(*row));
  transaction.Put(Table::kRecordMachines, EncodeKey(RecordMachineKey{machine, record.id}), "");
  Fill(filling, *row, machine);
  last_reception_ = record.reception;
  if (filling.head.slots == kRecordsOfBlock) WriteColumns(filling, transaction);
  return Status::Ok();
}

Result<bool> Records::Import(const Record& record, Transaction& transaction) {
  std::string packed;
  const Result<RecordRow> row = MakeRow(record, packed, transaction);
  if (!row.ok()) return row.status();
  const std::string key = EncodeKey(record.id);
  const std::string bytes = EncodeRecordRow(*row);
  const auto there = store_.Get(Table::kRecords, key);
  if (!there.ok()) return there.status();
  if (record.id < first()) return false;
  const Hash128 hash = HashBytes(bytes, 0);
  const auto importing = importing_.find(record.id.value);
  const bool is_there = importing != importing_.end() || there->has_value();
  const bool is_same =
      importing != importing_.end() ? importing->second == hash : there->value_or("") == bytes;
  if (is_there && is_same) return false;
  if (is_there) {
    return Status::InvalidArgument("record " + std::to_string(record.id.value) +
                                   " is another one in this store");
  }
  importing_.emplace(record.id.value, hash);
  const uint64_t machine = MachineHash(row->machine_id);
  transaction.Put(Table::kRecords, key, bytes);
  transaction.Put(Table::kRecordMachines, EncodeKey(RecordMachineKey{machine, record.id}), "");
  if (imported_from_ == 0 || record.id.value < imported_from_) {
    imported_from_ = record.id.value;
    transaction.PutNumber(kRecordsImportedFrom, imported_from_);
  }
  if (record.id.value > imported_last_) {
    imported_last_ = record.id.value;
    transaction.PutNumber(kLastRecord, imported_last_);
  }
  return true;
}

void Records::Save(Transaction& transaction) const {
  if (!staged_.empty()) transaction.PutNumber(kLastRecord, LastOf(staged_.back().head).value);
}

void Records::Committed() {
  removal_.reset();
  importing_.clear();
  if (staged_.empty()) return;
  const MutexLock lock(mutex_);
  if (staged_.back().head.slots == kRecordsOfBlock) {
    staged_.push_back(NewBlock(staged_.back().head.block + 1));
  }
  if (staged_.size() > 1) {
    auto full = std::make_shared<std::vector<BlockHead>>(*full_);
    for (size_t i = 0; i + 1 < staged_.size(); ++i) full->push_back(staged_[i].head);
    full_ = std::move(full);
  }
  filling_ = std::move(staged_.back());
  staged_.clear();
}

void Records::Abandoned() {
  const MutexLock lock(mutex_);
  if (removal_) {
    full_ = std::move(removal_->full);
    filling_.head = std::move(removal_->filling);
    removal_.reset();
  }
  if (staged_.empty()) return;
  staged_.clear();
  last_reception_ = LastReception();
}

UnixSeconds Records::LastReception() const {
  if (filling_.head.count > 0) return filling_.head.last_reception;
  return full_->empty() ? UnixSeconds() : full_->back().last_reception;
}

Status Records::Remove(uint64_t block, const BlockBits& slots, Transaction& transaction) {
  FillingBlock filling;
  std::shared_ptr<const std::vector<BlockHead>> full;
  {
    const MutexLock lock(mutex_);
    filling = filling_;
    full = full_;
  }
  auto changed = std::make_shared<std::vector<BlockHead>>(*full);
  const bool is_filling = filling.head.block == block;
  const auto at = std::find_if(changed->begin(), changed->end(),
                               [&](const BlockHead& one) { return one.block == block; });
  if (!is_filling && at == changed->end()) return Status::Ok();
  BlockHead& head = is_filling ? filling.head : *at;
  BlockBits going = slots;
  going.KeepOnly(head.Present());
  if (!going.Any()) return Status::Ok();
  const Result<ColumnView> machines =
      is_filling
          ? ColumnView::Of(filling.values,
                           {(*filling.values)[IndexOf(RecordColumn::kMachine)].get(), head.slots})
          : ReadColumn(block, RecordColumn::kMachine);
  if (!machines.ok()) return machines.status();
  DeleteRows(block, going, *machines, transaction);
  DeleteGroups(block, block + 1, transaction);
  BlockBits absent = head.absent ? *head.absent : BlockBits();
  going.ForEach([&](size_t slot) { absent.Add(slot); });
  head.absent = std::make_shared<const BlockBits>(absent);
  head.count -= static_cast<uint32_t>(going.Count());
  if (!is_filling && head.count > 0) {
    transaction.Put(Table::kRecordColumns, EncodeBlockKey(block), EncodeBlockHead(head));
  } else if (!is_filling) {
    transaction.DeleteRange(Table::kRecordColumns, EncodeBlockKey(block),
                            EncodeBlockKey(block + 1));
    changed->erase(at);
  }
  const MutexLock lock(mutex_);
  if (!removal_) removal_ = Removal{full_, filling_.head};
  full_ = std::move(changed);
  filling_.head = std::move(filling.head);
  return Status::Ok();
}

void Records::DeleteRows(uint64_t block, const BlockBits& slots, const ColumnView& machines,
                         Transaction& transaction) {
  std::optional<size_t> begin;  // of a stretch
  for (size_t slot = 0; slot <= machines.size(); ++slot) {
    const bool goes = slot < machines.size() && slots.Has(slot);
    if (goes) {
      transaction.Delete(Table::kRecordMachines,
                         EncodeKey(RecordMachineKey{machines[slot], IdAt(block, slot)}));
      if (!begin) begin = slot;
      continue;
    }
    if (!begin) continue;
    if (slot - *begin >= kWorthARange) {
      transaction.DeleteRange(Table::kRecords, EncodeKey(IdAt(block, *begin)),
                              EncodeKey(IdAt(block, slot)));
    } else {
      for (size_t one = *begin; one < slot; ++one) {
        transaction.Delete(Table::kRecords, EncodeKey(IdAt(block, one)));
      }
    }
    begin.reset();
  }
}

void Records::DeleteGroups(uint64_t begin, uint64_t end, Transaction& transaction) {
  transaction.DeleteRange(Table::kRecordGroups, EncodeGroupsOfBlock(begin),
                          EncodeGroupsOfBlock(end));
}

Status Records::DropRemoved() {
  Transaction transaction(store_);
  uint64_t block = 0;
  {
    const MutexLock lock(mutex_);
    block = full_->empty() ? filling_.head.block : full_->front().block;
  }
  const RecordId first_kept = IdAt(block, 0);
  if (first_kept <= first()) return Status::Ok();
  const std::pair rows(EncodeKey(RecordId{0}), EncodeKey(first_kept));
  const std::pair columns(EncodeBlockKey(0), EncodeBlockKey(block));
  transaction.DeleteRange(Table::kRecords, rows.first, rows.second);
  transaction.DeleteRange(Table::kRecordColumns, columns.first, columns.second);
  DeleteGroups(0, block, transaction);
  transaction.PutNumber(kRecordsDroppedBefore, first_kept.value);
  ROLLCALL_RETURN_IF_ERROR(transaction.Commit());
  first_ = first_kept.value;
  // Nobody can see the rows any more, and no compaction needs to read them to be rid of them.
  ROLLCALL_RETURN_IF_ERROR(store_.DropFiles(transaction, Table::kRecords, rows.first, rows.second));
  ROLLCALL_RETURN_IF_ERROR(
      store_.DropFiles(transaction, Table::kRecordColumns, columns.first, columns.second));
  return store_.DropFiles(transaction, Table::kRecordGroups, EncodeGroupsOfBlock(0),
                          EncodeGroupsOfBlock(block));
}

RecordsView Records::View() const {
  const MutexLock lock(mutex_);
  return {full_, filling_, store_.TakeSnapshot()};
}

RecordId Records::last() const {
  const MutexLock lock(mutex_);
  return LastOf(filling_.head);
}

uint64_t Records::count() const {
  const MutexLock lock(mutex_);
  uint64_t count = filling_.head.count;
  for (const BlockHead& head : *full_) count += head.count;
  return count;
}

Result<std::optional<Record>> Records::Read(RecordId id, const Snapshot* snapshot) const {
  if (id < first()) return std::optional<Record>();
  const auto row = store_.Get(Table::kRecords, EncodeKey(id), snapshot);
  if (!row.ok()) return row.status();
  if (!row->has_value()) return std::optional<Record>();
  Result<Record> record = Decode(id, **row, snapshot);
  if (!record.ok()) return record.status();
  return std::optional(std::move(record).value());
}

Result<std::optional<RecordGroups>> Records::ReadGroups(RecordGroupsKey key,
                                                        const Snapshot* snapshot) const {
  const auto row = store_.Get(Table::kRecordGroups, EncodeKey(key), snapshot);
  if (!row.ok()) return row.status();
  if (!row->has_value()) return std::optional<RecordGroups>();
  Result<RecordGroups> groups = DecodeRecordGroups(**row);
  if (!groups.ok()) return groups.status();
  return std::optional(std::move(groups).value());
}

Result<bool> Records::WriteGroups(const BlockHead& of, uint64_t view, const std::string& row) {
  Transaction transaction(store_);
  {
    const MutexLock lock(mutex_);
    const auto same = [&of](const BlockHead& head) {
      return head.block == of.block && head.absent == of.absent;
    };
    if (std::none_of(full_->begin(), full_->end(), same)) return false;
  }
  transaction.Put(Table::kRecordGroups, EncodeKey(RecordGroupsKey{of.block, view}), row);
  ROLLCALL_RETURN_IF_ERROR(transaction.CommitUnsynced());
  return true;
}

Result<ColumnView> Records::ReadColumn(uint64_t block, RecordColumn column,
                                       const Snapshot* snapshot) const {
  const std::string step = "column " + std::string(NameOf(column)) + " of block " +
                           std::to_string(block) + " of records";
  auto row = store_.Get(Table::kRecordColumns, EncodeColumnKey(block, column), snapshot);
  if (!row.ok()) return row.status().WithContext(step);
  if (!row->has_value()) return Status::DataLoss(step + ": it is not there");
  Result<ColumnView> view = ColumnView::Decode(std::move(**row));
  if (!view.ok()) return view.status().WithContext(step);
  if (view->size() != kRecordsOfBlock) return Status::DataLoss(step + ": it is too short");
  return view;
}

Result<Record> Records::Decode(RecordId id, std::string_view bytes,
                               const Snapshot* snapshot) const {
  const std::string step = "record " + std::to_string(id.value);
  RecordRow row;
  ROLLCALL_RETURN_IF_ERROR(DecodeRecordRow(bytes, row).WithContext(step));
  Record record;
  record.id = id;
  record.version = row.version;
  record.severity = row.severity;
  record.external = row.external;
  record.payload_version = row.payload_version;
  record.capture = row.capture;
  record.reception = row.reception;
  for (size_t i = 0; i < kRecordWords.size(); ++i) {
    const auto word = words_->BytesOf(row.words[i].value, snapshot);
    if (!word.ok()) return word.status().WithContext(step);
    record.*kRecordWords[i] = **word;
  }
  record.machine_id = std::move(row.machine_id);
  record.event_id = std::move(row.event_id);
  if (row.is_packed) {
    Result<std::string> payload = UnpackBody(row.payload, kMaxStoredPayload);
    if (!payload.ok()) return payload.status().WithContext(step);
    record.payload = std::move(payload).value();
  } else {
    record.payload = row.payload;
  }
  return record;
}

Result<std::vector<RecordId>> Records::OfMachine(uint64_t machine, RecordId below, size_t most,
                                                 const RecordsView& view) const {
  std::vector<RecordId> ids;
  if (below.value == 0) return ids;
  Scan scan = store_.NewScan(Table::kRecordMachines,
                             EncodeKey(RecordMachineKey{machine, {below.value - 1}}),
                             EncodeKey(RecordMachineKey{machine, {0}}), &view.snapshot);
  for (; scan.Valid() && ids.size() < most; scan.Next()) {
    const auto key = DecodeRecordMachineKey(scan.key());
    if (!key) return Status::DataLoss("read record_machines: not a key");
    ids.push_back(key->id);
  }
  if (!scan.status().ok()) return scan.status();
  return ids;
}

}  // namespace rollcall::storage
