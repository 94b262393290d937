// How the records of a store are opened: the heads of full blocks, the block that is being filled,
// and the columns of what has none.
#include <algorithm>

#include "base/log.h"
#include "storage/coding.h"
#include "storage/record_names.h"
#include "storage/records.h"

namespace rollcall::storage {
namespace {

void Widen(UnixSeconds time, bool is_first, UnixSeconds& first, UnixSeconds& last) {
  first = is_first ? time : std::min(first, time);
  last = is_first ? time : std::max(last, time);
}

constexpr size_t kBytesOfATransaction = 4 * 1024 * 1024;

uint64_t BlockOfKey(std::string_view column_key) { return Reader(column_key).BigEndian64(); }

}  // namespace

Status Records::Load() {
  auto words =
      ByteDictionary::Open(store_, Table::kRecordWords, "last_record_word", "record_words_removed");
  if (!words.ok()) return words.status();
  words_ = std::move(*words);
  auto stacks = ByteDictionary::Open(store_, Table::kRecordStacks, "last_record_stack",
                                     "record_stacks_removed");
  if (!stacks.ok()) return stacks.status();
  stacks_ = std::move(*stacks);
  const Result<uint64_t> last = store_.GetNumber(kLastRecord);
  if (!last.ok()) return last.status();
  if (*last == 0) return Status::Ok();
  imported_last_ = *last;
  const Result<uint64_t> dropped_before = store_.GetNumber(kRecordsDroppedBefore);
  if (!dropped_before.ok()) return dropped_before.status();
  first_ = std::max<uint64_t>(*dropped_before, 1);
  // What cannot be read, or be written in a store that is open only for reading, keeps nobody from
  // the rest; `rollcall verify` names it as well.
  for (const Status& status : {EndImport(), MendIndex()}) {
    if (!status.ok()) log::Error("open the records: {}", status.message());
  }
  const uint64_t block = *last / kRecordsOfBlock;
  Result<std::vector<BlockHead>> heads = LoadHeads(BlockOf(first()), block);
  if (!heads.ok()) return heads.status();
  Result<FillingBlock> filling = ReadBlock(block, *last % kRecordsOfBlock);
  if (!filling.ok()) return filling.status();
  const MutexLock lock(mutex_);
  full_ = std::make_shared<const std::vector<BlockHead>>(std::move(*heads));
  filling_ = std::move(*filling);
  last_reception_ = LastReception();
  return Status::Ok();
}

Result<std::vector<BlockHead>> Records::LoadHeads(uint64_t begin, uint64_t end) {
  std::vector<BlockHead> heads;
  uint64_t mended = 0;
  Status status;
  Scan scan = store_.NewScan(Table::kRecordColumns, EncodeBlockKey(begin), EncodeBlockKey(end));
  for (uint64_t block = begin; block < end; ++block) {
    scan.Seek(EncodeBlockKey(block));
    ROLLCALL_RETURN_IF_ERROR(scan.status());
    const uint64_t next = scan.Valid() ? BlockOfKey(scan.key()) : end;
    BlockHead head;
    const bool has_head = next < end && scan.key() == EncodeBlockKey(next) &&
                          DecodeBlockHead(scan.value(), head).ok();
    head.block = next;
    // Blocks before it, or it itself, have records and no columns, or were deleted as a whole.
    const auto missing = FirstBlock(block, has_head ? next : std::min(next + 1, end));
    if (!missing.ok()) log::Error("open the records: {}", missing.status().message());
    if (missing.ok() && missing->has_value()) {
      Result<BlockHead> of_rows = Mend(**missing, status);
      if (!of_rows.ok()) return of_rows.status();
      head = std::move(of_rows).value();
      ++mended;
    } else if (!has_head) {
      block = next;
      continue;
    }
    block = head.block;
    heads.push_back(std::move(head));
  }
  if (mended > 0) {
    // Of a store that is open only for reading: whoever reads the columns is told that they are
    // missing.
    log::Info("the columns of {} blocks of records were not there; {}", mended,
              status.ok() ? "written again" : status.message());
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

Result<BlockHead> Records::Mend(uint64_t block, Status& written) {
  const Result<FillingBlock> filling = ReadBlock(block, kRecordsOfBlock);
  if (!filling.ok()) return filling.status();
  Transaction transaction(store_);
  WriteColumns(*filling, transaction);
  DeleteGroups(block, block + 1, transaction);
  written = transaction.Commit();
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
  if (!rows.status().ok()) {
    log::Error("records {} to {}: {}", IdAt(block, filling.head.slots).value,
               IdAt(block, slots - 1).value, rows.status().message());
  }
  Skip(filling, slots);
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

// The entry of the oldest record is written last: where it is there, so are the others.
Status Records::MendIndex() {
  Scan rows = store_.NewScan(Table::kRecords, EncodeKey(first()), "");
  if (!rows.Valid()) return rows.status();
  std::string of_oldest;
  std::optional<Transaction> transaction;
  for (; rows.Valid(); rows.Next()) {
    const auto id = DecodeRecordKey(rows.key());
    RecordRow row;
    if (!id || !DecodeRecordRow(rows.value(), row).ok()) continue;
    const std::string key = EncodeKey(RecordMachineKey{MachineHash(row.machine_id), *id});
    if (of_oldest.empty()) {
      const auto entry = store_.Get(Table::kRecordMachines, key);
      if (!entry.ok()) return entry.status();
      if (entry->has_value() || !store_.Writable().ok()) return Status::Ok();
      of_oldest = key;
      continue;
    }
    if (!transaction) transaction.emplace(store_);
    transaction->Put(Table::kRecordMachines, key, "");
    if (transaction->bytes() < kBytesOfATransaction) continue;
    ROLLCALL_RETURN_IF_ERROR(transaction->CommitUnsynced());
    transaction.reset();
  }
  ROLLCALL_RETURN_IF_ERROR(rows.status());
  if (of_oldest.empty()) return Status::Ok();
  if (!transaction) transaction.emplace(store_);
  transaction->Put(Table::kRecordMachines, of_oldest, "");
  log::Info("the index of records by machine was not there; written again");
  return transaction->Commit();
}

// The columns of the blocks that an import changed are dropped, and written as for any that lack
// them.
Status Records::EndImport() {
  const Result<uint64_t> changed = store_.GetNumber(kRecordsImportedFrom);
  if (!changed.ok()) return changed.status();
  if (*changed == 0 || !store_.Writable().ok()) return Status::Ok();
  Transaction transaction(store_);
  transaction.DeleteRange(Table::kRecordColumns, EncodeBlockKey(BlockOf({*changed})),
                          EncodeBlockKey(UINT64_MAX));
  DeleteGroups(BlockOf({*changed}), UINT64_MAX, transaction);
  transaction.PutNumber(kRecordsImportedFrom, 0);
  return transaction.Commit();
}

}  // namespace rollcall::storage
