#include "storage/records.h"

#include <algorithm>

#include "base/log.h"
#include "base/pack.h"
#include "storage/coding.h"

namespace rollcall::storage {
namespace {

constexpr std::string_view kLast = "last_record";

// A smaller payload is packed with its neighbours, when the table is written.
constexpr size_t kWorthPacking = 2'048;
// In UTF-8 a payload may be twice as large as it came.
constexpr size_t kMaxStoredPayload = 2 * kMaxRecordPayload;

void Widen(UnixSeconds time, bool is_first, UnixSeconds& first, UnixSeconds& last) {
  first = is_first ? time : std::min(first, time);
  last = is_first ? time : std::max(last, time);
}

RecordId LastOf(const BlockHead& head) { return {head.block * kRecordsOfBlock + head.slots}; }

uint64_t BlockOfKey(std::string_view column_key) { return Reader(column_key).BigEndian64(); }

}  // namespace

Result<std::unique_ptr<Records>> Records::Open(Store& store) {
  std::unique_ptr<Records> records(new Records(store));
  ROLLCALL_RETURN_IF_ERROR(records->Load());
  return records;
}

Status Records::Load() {
  auto words = ByteDictionary::Open(store_, Table::kRecordWords, "last_record_word");
  if (!words.ok()) return words.status();
  words_ = std::move(*words);
  auto stacks = ByteDictionary::Open(store_, Table::kRecordStacks, "last_record_stack");
  if (!stacks.ok()) return stacks.status();
  stacks_ = std::move(*stacks);
  const Result<uint64_t> last = store_.GetNumber(kLast);
  if (!last.ok()) return last.status();
  if (*last == 0) return Status::Ok();
  const uint64_t block = *last / kRecordsOfBlock;
  Result<std::vector<BlockHead>> heads = LoadHeads(block);
  if (!heads.ok()) return heads.status();
  Result<FillingBlock> filling = ReadBlock(block, *last % kRecordsOfBlock);
  if (!filling.ok()) return filling.status();
  const MutexLock lock(mutex_);
  full_ = std::make_shared<const std::vector<BlockHead>>(std::move(*heads));
  filling_ = std::move(*filling);
  last_reception_ = LastReception();
  return Status::Ok();
}

Result<std::vector<BlockHead>> Records::LoadHeads(uint64_t end) {
  std::vector<BlockHead> heads;
  Scan scan = store_.NewScan(Table::kRecordColumns, EncodeBlockKey(0), EncodeBlockKey(end));
  for (uint64_t block = 0; block < end; ++block) {
    scan.Seek(EncodeBlockKey(block));
    ROLLCALL_RETURN_IF_ERROR(scan.status());
    const uint64_t next = scan.Valid() ? BlockOfKey(scan.key()) : end;
    BlockHead head;
    const bool has_head = next < end && scan.key() == EncodeBlockKey(next) &&
                          DecodeBlockHead(scan.value(), head).ok();
    head.block = next;
    // Blocks before it, or it itself, have records and no columns, or were deleted as a whole.
    const auto missing = FirstBlock(block, has_head ? next : std::min(next + 1, end));
    if (!missing.ok()) return missing.status();
    if (missing->has_value()) {
      Result<BlockHead> mended = Mend(**missing);
      if (!mended.ok()) return mended.status();
      head = *std::move(mended);
    } else if (!has_head) {
      block = next;
      continue;
    }
    block = head.block;
    heads.push_back(std::move(head));
  }
  return heads;
}

Result<std::optional<uint64_t>> Records::FirstBlock(uint64_t block, uint64_t end) const {
  if (block >= end) return std::optional<uint64_t>();
  const Scan rows =
      store_.NewScan(Table::kRecords, EncodeKey(IdAt(block, 0)), EncodeKey(IdAt(end, 0)));
  if (!rows.Valid()) {
    if (!rows.status().ok()) return rows.status();
    return std::optional<uint64_t>();
  }
  const auto id = DecodeRecordKey(rows.key());
  if (!id) return Status::DataLoss("read records: not a key");
  return std::optional(BlockOf(*id));
}

Result<BlockHead> Records::Mend(uint64_t block) {
  const Result<FillingBlock> filling = ReadBlock(block, kRecordsOfBlock);
  if (!filling.ok()) return filling.status();
  Transaction transaction(store_);
  WriteColumns(*filling, transaction);
  const Status status = transaction.Commit();
  // A store that is open only for reading: whoever reads the columns is told that they are missing.
  log::Warn("records {} to {}: their columns were missing; {}", IdAt(block, 0).value,
            IdAt(block, kRecordsOfBlock - 1).value,
            status.ok() ? "written again" : status.message());
  return filling->head;
}

Result<FillingBlock> Records::ReadBlock(uint64_t block, size_t slots,
                                        const Snapshot* snapshot) const {
  FillingBlock filling = NewBlock(block);
  Scan rows = store_.NewScan(Table::kRecords, EncodeKey(IdAt(block, 0)),
                             EncodeKey(IdAt(block, slots)), snapshot);
  for (; rows.Valid(); rows.Next()) {
    const auto id = DecodeRecordKey(rows.key());
    if (!id) return Status::DataLoss("read records: not a key");
    RecordRow row;
    const Status status = DecodeRecordRow(rows.value(), row);
    if (!status.ok()) {
      // The others are as good as before; `rollcall verify` names it as well.
      log::Error("record {}: {}", id->value, status.message());
      continue;
    }
    Skip(filling, SlotOf(*id));
    Fill(filling, row, MachineHash(row.machine_id));
  }
  Skip(filling, slots);
  ROLLCALL_RETURN_IF_ERROR(rows.status());
  return filling;
}

FillingBlock Records::NewBlock(uint64_t block) {
  FillingBlock filling;
  filling.head.block = block;
  auto values = std::make_shared<FillingBlock::Values>();
  for (auto& column : *values) {
    column = std::make_unique_for_overwrite<uint64_t[]>(kRecordsOfBlock);
  }
  filling.values = std::move(values);
  return filling;
}

void Records::Fill(FillingBlock& filling, const RecordRow& row, uint64_t machine) {
  const auto seconds = [](UnixSeconds time) {
    return static_cast<uint64_t>(time.time_since_epoch().count());
  };
  BlockHead& head = filling.head;
  const auto set = [&](RecordColumn column, uint64_t v) {
    (*filling.values)[IndexOf(column)][head.slots] = v;
  };
  set(RecordColumn::kReception, seconds(row.reception));
  set(RecordColumn::kCapture, seconds(row.capture));
  set(RecordColumn::kSeverity, row.severity);
  set(RecordColumn::kExternal, row.external ? 1 : 0);
  set(RecordColumn::kClassification, row.word(&Record::classification).value);
  set(RecordColumn::kBuild, row.word(&Record::build).value);
  set(RecordColumn::kSystem, row.word(&Record::system_name).value);
  set(RecordColumn::kHostType, row.word(&Record::host_type).value);
  set(RecordColumn::kMachine, machine);
  set(RecordColumn::kStack, row.stack.value);
  const bool is_first = head.count == 0;
  Widen(row.reception, is_first, head.first_reception, head.last_reception);
  Widen(row.capture, is_first, head.first_capture, head.last_capture);
  ++head.slots;
  ++head.count;
}

void Records::Skip(FillingBlock& filling, size_t slots) {
  BlockHead& head = filling.head;
  if (head.slots >= slots) return;
  BlockBits absent = head.absent ? *head.absent : BlockBits();
  for (; head.slots < slots; ++head.slots) {
    absent.Add(head.slots);
    for (auto& column : *filling.values) {
      column[head.slots] = head.slots == 0 ? 0 : column[head.slots - 1];
    }
  }
  head.absent = std::make_shared<const BlockBits>(absent);
}

void Records::WriteColumns(const FillingBlock& filling, Transaction& transaction) {
  const BlockHead& head = filling.head;
  transaction.Put(Table::kRecordColumns, EncodeBlockKey(head.block), EncodeBlockHead(head));
  for (const RecordColumn column : kRecordColumns) {
    const uint64_t* const values = (*filling.values)[IndexOf(column)].get();
    transaction.Put(Table::kRecordColumns, EncodeColumnKey(head.block, column),
                    EncodeColumn({values, head.slots}));
  }
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
  record.reception = std::max(record.reception, last_reception_);
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
  std::string packed;
  if (record.payload.size() >= kWorthPacking) packed = PackBody(record.payload);
  row.is_packed = !packed.empty() && packed.size() < record.payload.size();
  row.payload = row.is_packed ? packed : record.payload;
  const uint64_t machine = MachineHash(row.machine_id);
  transaction.Put(Table::kRecords, EncodeKey(record.id), EncodeRecordRow(row));
  transaction.Put(Table::kRecordMachines, EncodeKey(RecordMachineKey{machine, record.id}), "");
  Fill(filling, row, machine);
  last_reception_ = record.reception;
  if (filling.head.slots == kRecordsOfBlock) WriteColumns(filling, transaction);
  return Status::Ok();
}

void Records::Save(Transaction& transaction) const {
  if (!staged_.empty()) transaction.PutNumber(kLast, LastOf(staged_.back().head).value);
}

void Records::Committed() {
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
  if (staged_.empty()) return;
  staged_.clear();
  const MutexLock lock(mutex_);
  last_reception_ = LastReception();
}

UnixSeconds Records::LastReception() const {
  if (filling_.head.count > 0) return filling_.head.last_reception;
  return full_->empty() ? UnixSeconds() : full_->back().last_reception;
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
  const auto row = store_.Get(Table::kRecords, EncodeKey(id), snapshot);
  if (!row.ok()) return row.status();
  if (!row->has_value()) return std::optional<Record>();
  Result<Record> record = Decode(id, **row, snapshot);
  if (!record.ok()) return record.status();
  return std::optional(*std::move(record));
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
    record.payload = *std::move(payload);
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
