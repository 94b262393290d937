#include "storage/transaction.h"

#include <utility>

#include <rocksdb/db.h>
#include <rocksdb/write_batch.h>

#include "storage/coding.h"
#include "storage/rocks_options.h"

namespace rollcall::storage {

Transaction::Transaction(Store& store, std::optional<Turn> turn)
    : store_(store),
      turn_(std::move(turn)),
      lock_(store.writer_mutex_),
      batch_(std::make_unique<rocksdb::WriteBatch>()) {}

Transaction::~Transaction() {
  if (ended_) return;
  store_.writer_mutex_.AssertHeld();  // by lock_
  for (Participant* const participant : store_.participants_) participant->Abandoned();
}

// A batch in memory cannot fail to grow: the statuses below are about size limits that are not set.
void Transaction::Put(Table table, std::string_view key, std::string_view value) {
  batch_->Put(store_.HandleOf(table), ToSlice(key), ToSlice(value)).PermitUncheckedError();
}

void Transaction::PutNumber(std::string_view name, uint64_t v) {
  std::string value;
  PutVarint(v, value);
  Put(Table::kMeta, name, value);
}

void Transaction::Delete(Table table, std::string_view key) {
  batch_->Delete(store_.HandleOf(table), ToSlice(key)).PermitUncheckedError();
}

void Transaction::Merge(Table table, std::string_view key, std::string_view bytes) {
  batch_->Merge(store_.HandleOf(table), ToSlice(key), ToSlice(bytes)).PermitUncheckedError();
}

void Transaction::DeleteRange(Table table, std::string_view begin, std::string_view end) {
  batch_->DeleteRange(store_.HandleOf(table), ToSlice(begin), ToSlice(end)).PermitUncheckedError();
}

bool Transaction::empty() const { return batch_->Count() == 0; }
size_t Transaction::bytes() const { return batch_->GetDataSize(); }

Status Transaction::End(bool sync) {
  if (ended_) return Status::Internal("commit of a transaction that has ended");
  store_.writer_mutex_.AssertHeld();  // by lock_
  for (const Participant* const participant : store_.participants_) participant->Save(*this);
  bool visible = true;
  const Status status = empty() ? Status::Ok() : store_.Write(*batch_, sync, visible);
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
