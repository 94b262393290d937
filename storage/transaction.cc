#include "storage/transaction.h"

#include <algorithm>
#include <string>
#include <utility>

#include <rocksdb/db.h>
#include <rocksdb/write_batch.h>

#include "storage/coding.h"
#include "storage/rocks_options.h"

namespace rollcall::storage {
namespace {

// What a batch begins with; it doubles from there.
constexpr size_t kFirstBatchBytes = 64 * 1024;
// Of a row in a batch, beside its bytes: a tag, the table, two lengths.
constexpr size_t kRowOverheadBytes = 1 + 5 + 5 + 5;

}  // namespace

Transaction::Transaction(Store& store, std::optional<Turn> turn)
    : store_(store),
      turn_(std::move(turn)),
      lock_(store.writer_mutex_),
      batch_(std::make_unique<rocksdb::WriteBatch>(kFirstBatchBytes)) {}

Transaction::~Transaction() {
  if (ended_) return;
  store_.writer_mutex_.AssertHeld();  // by lock_
  for (Participant* const participant : store_.participants_) participant->Abandoned();
}

// RocksDB's batch does not survive a std::bad_alloc; ours is thrown before it is touched.
void Transaction::MakeRoom(size_t bytes) {
  const std::string& rows = batch_->Data();
  const size_t wanted = rows.size() + bytes + kRowOverheadBytes;
  if (wanted <= rows.capacity()) return;
  std::string grown;
  grown.reserve(std::max(wanted, 2 * rows.capacity()));
  grown = rows;
  *batch_ = rocksdb::WriteBatch(std::move(grown));
}

// The statuses below are about size limits that are not set.
void Transaction::Put(Table table, std::string_view key, std::string_view value) {
  MakeRoom(key.size() + value.size());
  adds_ = true;
  batch_->Put(store_.HandleOf(table), ToSlice(key), ToSlice(value)).PermitUncheckedError();
}

void Transaction::PutNumber(std::string_view name, uint64_t v) {
  std::string value;
  PutVarint(v, value);
  Put(Table::kMeta, name, value);
}

void Transaction::Delete(Table table, std::string_view key) {
  MakeRoom(key.size());
  batch_->Delete(store_.HandleOf(table), ToSlice(key)).PermitUncheckedError();
}

void Transaction::Merge(Table table, std::string_view key, std::string_view bytes) {
  MakeRoom(key.size() + bytes.size());
  adds_ = true;
  batch_->Merge(store_.HandleOf(table), ToSlice(key), ToSlice(bytes)).PermitUncheckedError();
}

void Transaction::DeleteRange(Table table, std::string_view begin, std::string_view end) {
  MakeRoom(begin.size() + end.size());
  batch_->DeleteRange(store_.HandleOf(table), ToSlice(begin), ToSlice(end)).PermitUncheckedError();
}

bool Transaction::empty() const { return batch_->Count() == 0; }
size_t Transaction::bytes() const { return batch_->GetDataSize(); }

Status Transaction::End(bool sync) {
  if (ended_) return Status::Internal("commit of a transaction that has ended");
  store_.writer_mutex_.AssertHeld();  // by lock_
  for (const Participant* const participant : store_.participants_) participant->Save(*this);
  bool visible = true;
  const Status status = empty() ? Status::Ok() : store_.Write(*batch_, !adds_, sync, visible);
  ended_ = true;
  for (Participant* const participant : store_.participants_) {
    visible ? participant->Committed() : participant->Abandoned();
  }
  return status;
}

Participation::Participation(Store& store, Participant& participant)
    : store_(store), participant_(participant) {
  const MutexLock lock(store_.writer_mutex_);
  store_.participants_.push_back(&participant_);
}

Participation::~Participation() {
  const MutexLock lock(store_.writer_mutex_);
  std::erase(store_.participants_, &participant_);
}

}  // namespace rollcall::storage
