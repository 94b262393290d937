#include "counts/record_check.h"

#include <algorithm>
#include <vector>

#include "storage/coding.h"
#include "storage/keys.h"
#include "storage/record_column.h"
#include "storage/record_row.h"

namespace rollcall::counts {
namespace {

using storage::Reader;
using storage::RecordColumn;
using storage::Table;

std::optional<std::string> Say(const Status& status) {
  return status.ok() ? std::nullopt : std::optional(status.message());
}

}  // namespace

RecordCheck::RecordCheck(storage::Stores& stores, const storage::Snapshot& snapshot,
                         const std::function<void(const std::string&)>& fault)
    : records_(stores.records()), store_(stores.store()), snapshot_(snapshot), fault_(fault) {}

std::string RecordCheck::Get(Table table, const std::string& key) const {
  const auto value = store_.Get(table, key, &snapshot_);
  return value.ok() ? value->value_or("") : "";
}

std::optional<std::string> RecordCheck::WrongWith(Table table, std::string_view key,
                                                  std::string_view value) {
  switch (table) {
    case Table::kRecords:
      return Row(key, value);
    case Table::kRecordMachines:
      return Machine(key, value);
    case Table::kRecordColumns:
      return Column(key, value);
    case Table::kRecordGroups:
      return Groups(key, value);
    case Table::kRecordWords:
      return Entry(table, records_.words(), key, value);
    default:
      return Entry(table, records_.stacks(), key, value);
  }
}

std::optional<std::string> RecordCheck::Row(std::string_view key, std::string_view value) {
  const auto id = storage::DecodeRecordKey(key);
  if (!id || *id > records_.last()) return "not a key";
  if (*id < records_.first()) return std::nullopt;  // deleted, though not from its file yet
  blocks_.insert(storage::BlockOf(*id));
  storage::RecordRow row;
  if (const Status status = DecodeRecordRow(value, row); !status.ok()) return status.message();
  for (const WordRef word : row.words) {
    if (word.value > records_.words().last()) return "a word that is not there";
  }
  if (row.stack.value > records_.stacks().last()) return "a stack that is not there";
  const uint64_t machine = records_.MachineHash(row.machine_id);
  wanted_keys_ += HashBytes(EncodeKey(storage::RecordMachineKey{machine, *id}), 0);
  const auto read = records_.Decode(*id, value, &snapshot_);
  return Say(read.ok() ? Status::Ok() : read.status());
}

std::optional<std::string> RecordCheck::Machine(std::string_view key, std::string_view value) {
  const auto entry = storage::DecodeRecordMachineKey(key);
  if (!entry || entry->id > records_.last()) return "not a key";
  index_keys_ += HashBytes(key, 0);
  return value.empty() ? std::nullopt : std::optional<std::string>("a value, where there is none");
}

std::optional<std::string> RecordCheck::Column(std::string_view key, std::string_view value) {
  Reader reader(key);
  const uint64_t block = reader.BigEndian64();
  const std::string_view column = reader.Bytes(1);
  const bool good = reader.ok() && reader.AtEnd() &&
                    static_cast<uint8_t>(column[0]) <= storage::kRecordColumns.size() &&
                    block < records_.last().value / storage::kRecordsOfBlock;
  if (!good) return "not a key";
  if (block < storage::BlockOf(records_.first())) return std::nullopt;
  blocks_.insert(block);
  if (column[0] == 0) {
    storage::BlockHead head;
    return Say(DecodeBlockHead(value, head));
  }
  const auto view = storage::ColumnView::Decode(std::string(value));
  return Say(view.ok() ? Status::Ok() : view.status());
}

std::optional<std::string> RecordCheck::Groups(std::string_view key, std::string_view value) const {
  const auto of = storage::DecodeRecordGroupsKey(key);
  if (!of || of->block >= records_.last().value / storage::kRecordsOfBlock) return "not a key";
  if (of->block < storage::BlockOf(records_.first())) return std::nullopt;
  return Say(storage::DecodeRecordGroups(value).status());
}

std::optional<std::string> RecordCheck::Entry(Table table,
                                              const storage::ByteDictionary& dictionary,
                                              std::string_view key, std::string_view value) const {
  const auto is_ref = [&](uint32_t ref) { return ref != 0 && ref <= dictionary.last(); };
  Reader reader(key);
  if (key.size() == sizeof(uint32_t)) {
    const uint32_t ref = reader.BigEndian32();
    const std::string under_hash = Get(table, storage::EncodeKey(dictionary.HashOf(value)));
    Reader back(under_hash);
    if (is_ref(ref) && back.Varint32() == ref) return std::nullopt;
    return "its hash does not lead to it";
  }
  Reader stored(value);
  const uint32_t ref = stored.Varint32();
  if (!stored.ok() || !stored.AtEnd() || !is_ref(ref)) return "not a ref";
  const std::string bytes = Get(table, storage::EncodeDictionaryKey(ref));
  if (storage::EncodeKey(dictionary.HashOf(bytes)) == key) return std::nullopt;
  return std::to_string(ref) + " has another hash";
}

void RecordCheck::Finish() {
  if (wanted_keys_ != index_keys_) {
    if (const Status status = FindIndexFaults(); !status.ok()) fault_(status.message());
  }
  uint64_t filling = records_.last().value / storage::kRecordsOfBlock;
  // Behind where an import began that was cut short, the next start writes the columns.
  const Result<uint64_t> imported = store_.GetNumber("records_imported_from");
  if (imported.ok() && *imported != 0) filling = std::min(filling, storage::BlockOf({*imported}));
  for (const uint64_t block : blocks_) {
    if (block >= filling) break;
    if (const Status status = CheckBlock(block); !status.ok()) {
      fault_("record_columns: block " + std::to_string(block) + ": " + status.message());
    }
  }
}

Status RecordCheck::FindIndexFaults() {
  storage::Scan rows = store_.NewScan(Table::kRecords, "", "", &snapshot_);
  for (; rows.Valid(); rows.Next()) {
    const auto id = storage::DecodeRecordKey(rows.key());
    storage::RecordRow row;
    if (!id || *id < records_.first() || !DecodeRecordRow(rows.value(), row).ok()) continue;
    const std::string key =
        EncodeKey(storage::RecordMachineKey{records_.MachineHash(row.machine_id), *id});
    const auto entry = store_.Get(Table::kRecordMachines, key, &snapshot_);
    if (!entry.ok()) return entry.status();
    if (!entry->has_value()) {
      fault_("record " + std::to_string(id->value) + ": record_machines does not have it");
    }
  }
  ROLLCALL_RETURN_IF_ERROR(rows.status());
  storage::Scan index = store_.NewScan(Table::kRecordMachines, "", "", &snapshot_);
  for (; index.Valid(); index.Next()) {
    const auto entry = storage::DecodeRecordMachineKey(index.key());
    if (!entry) continue;
    storage::RecordRow row;
    const std::string bytes = Get(Table::kRecords, storage::EncodeKey(entry->id));
    if (!DecodeRecordRow(bytes, row).ok() ||
        records_.MachineHash(row.machine_id) != entry->machine) {
      fault_("record_machines: record " + std::to_string(entry->id.value) +
             ": records does not say the same");
    }
  }
  return index.status();
}

Status RecordCheck::CheckBlock(uint64_t block) {
  const auto wanted = records_.ReadBlock(block, storage::kRecordsOfBlock, &snapshot_);
  if (!wanted.ok()) return wanted.status();
  const auto stored = store_.Get(Table::kRecordColumns, storage::EncodeBlockKey(block), &snapshot_);
  if (!stored.ok()) return stored.status();
  const storage::BlockHead& of_rows = wanted->head;
  if (of_rows.count == 0 && !stored->has_value()) return Status::Ok();
  if (!stored->has_value()) return Status::DataLoss("its head is not there");
  storage::BlockHead head;
  ROLLCALL_RETURN_IF_ERROR(DecodeBlockHead(**stored, head));
  if (!(head.Present() == of_rows.Present())) {
    return Status::DataLoss("it has " + std::to_string(head.count) + " records, not the " +
                            std::to_string(of_rows.count) + " of the rows");
  }
  if (head.first_reception > of_rows.first_reception ||
      head.last_reception < of_rows.last_reception || head.first_capture > of_rows.first_capture ||
      head.last_capture < of_rows.last_capture) {
    return Status::DataLoss("a record's time is not within its head's");
  }
  for (const RecordColumn column : storage::kRecordColumns) {
    const auto bytes =
        store_.Get(Table::kRecordColumns, storage::EncodeColumnKey(block, column), &snapshot_);
    if (!bytes.ok()) return bytes.status();
    const std::string name = "column " + std::string(NameOf(column));
    if (!bytes->has_value()) return Status::DataLoss(name + " is not there");
    const auto view = storage::ColumnView::Decode(**bytes);
    // That it cannot be read was told with its row.
    if (!view.ok()) continue;
    if (view->size() != head.slots) return Status::DataLoss(name + " is too short");
    const uint64_t* const values = (*wanted->values)[IndexOf(column)].get();
    uint64_t differ = 0;
    head.Present().ForEach([&](size_t slot) { differ += (*view)[slot] != values[slot] ? 1 : 0; });
    if (differ > 0) {
      return Status::DataLoss(name + ": " + std::to_string(differ) +
                              " values are not those of the records");
    }
  }
  return Status::Ok();
}

}  // namespace rollcall::counts
