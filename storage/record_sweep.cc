#include "storage/record_sweep.h"

#include "storage/coding.h"
#include "storage/record_names.h"

namespace rollcall::storage {
namespace {

using Steady = std::chrono::steady_clock;

// Fewer than these are not worth a sweep.
constexpr uint64_t kFewTexts = 1'000;
// Between two looks at the clock.
constexpr size_t kRecordsAtOnce = 256;
// Of one transaction, during which reports and records wait.
constexpr size_t kEntriesAtOnce = 8'192;
constexpr size_t kDeletedAtOnce = 1'024;

uint64_t TextsOf(const Records& records) {
  return records.words().count() + records.stacks().count();
}

}  // namespace

Result<bool> RecordSweep::IsDue(const Records& records) {
  const Result<uint64_t> kept = records.store().GetNumber(kRecordTextsKept);
  if (!kept.ok()) return kept.status();
  return TextsOf(records) > *kept + *kept / 4 + kFewTexts;
}

RecordSweep::RecordSweep(Records& records)
    : records_(records),
      parts_{{{Table::kRecordWords, records.words_.get(), {}},
              {Table::kRecordStacks, records.stacks_.get(), {}}}},
      next_(records.first()) {
  for (Part& part : parts_) part.is_used.resize(part.dictionary->last() + 1);
}

Result<bool> RecordSweep::Step(std::chrono::milliseconds budget) {
  const auto end = Steady::now() + budget;
  if (!is_read_) {
    const Result<bool> read = ReadRecords(end);
    if (!read.ok()) return read.status();
    is_read_ = *read;
    return true;
  }
  do {
    Transaction transaction(records_.store_);
    // Nobody adds a record while it lasts, and none of these may lose what it has.
    const Result<bool> read = ReadRecords(std::nullopt);
    if (!read.ok()) return read.status();
    const uint64_t before = deleted_;
    const Result<bool> is_done = DeleteSome(parts_[part_], transaction);
    if (!is_done.ok()) return is_done.status();
    const bool is_last = *is_done && part_ + 1 == parts_.size();
    if (is_last) {
      transaction.PutNumber(kRecordTextsKept, TextsOf(records_) - (deleted_ - before));
    }
    ROLLCALL_RETURN_IF_ERROR(transaction.Commit());
    if (is_last) return false;
    if (*is_done) {
      ++part_;
      cursor_.clear();
    }
  } while (Steady::now() < end);
  return true;
}

Result<bool> RecordSweep::ReadRecords(Deadline deadline) {
  Scan rows = records_.store_.NewScan(Table::kRecords, EncodeKey(next_), "");
  RecordRow row;
  for (size_t read = 0; rows.Valid(); rows.Next()) {
    const auto id = DecodeRecordKey(rows.key());
    if (!id) return Status::DataLoss("read records: not a key");
    ROLLCALL_RETURN_IF_ERROR(DecodeRecordRow(rows.value(), row));
    for (const WordRef word : row.words) Mark(parts_[0], word.value);
    Mark(parts_[1], row.stack.value);
    next_ = {id->value + 1};
    if (++read % kRecordsAtOnce == 0 && deadline && Steady::now() >= *deadline) return false;
  }
  if (!rows.status().ok()) return rows.status();
  return true;
}

void RecordSweep::Mark(Part& part, uint32_t ref) {
  if (ref < part.is_used.size()) part.is_used[ref] = true;
}

Result<bool> RecordSweep::DeleteSome(Part& part, Transaction& transaction) {
  size_t deleted = 0;
  Scan entries = records_.store_.NewScan(part.table, cursor_, "");
  for (size_t seen = 0; entries.Valid(); entries.Next(), ++seen) {
    if (seen == kEntriesAtOnce || deleted == kDeletedAtOnce) {
      cursor_ = entries.key();
      return false;
    }
    // Beside the refs stand the hashes.
    if (entries.key().size() != sizeof(uint32_t)) continue;
    const uint32_t ref = Reader(entries.key()).BigEndian32();
    if (ref >= part.is_used.size() || part.is_used[ref]) continue;
    part.dictionary->Remove(ref, entries.value(), transaction);
    ++deleted;
    ++deleted_;
  }
  if (!entries.status().ok()) return entries.status();
  return true;
}

}  // namespace rollcall::storage
