// All that one server stores, opened together: the database and those who own its tables.
#pragma once

#include <memory>
#include <mutex>

#include "storage/label_dictionary.h"
#include "storage/outbox.h"
#include "storage/period_ledger.h"
#include "storage/source_directory.h"
#include "storage/store.h"
#include "storage/totals_ledger.h"

namespace rollcall::storage {

class Stores {
 public:
  // Fails as Store::Open does.
  static Result<std::unique_ptr<Stores>> Open(const StoreOptions& options);

  Store& store() { return *store_; }
  LabelDictionary& labels() { return *labels_; }
  SourceDirectory& sources() { return *sources_; }
  TotalsLedger& totals() { return *totals_; }
  Outbox& outbox() { return *outbox_; }
  PeriodLedger& periods() { return *periods_; }

  // An import holds it for each of its batches, and lets it go for a moment before the next. Who
  // reads a window again and again because an import keeps dropping it takes it, and is alone with
  // the reports that come in. Taken before the writer lock.
  std::mutex& import_turn() { return import_turn_; }

  // Commits a batch with the numbers that it gave out. What came of it must then be told by
  // Committed or Abandoned, still under the lock; also where the batch was not committed at all.
  Status Commit(const Store::WriterLock& lock, Batch& batch) {
    Save(batch);
    return store_->Commit(lock, batch);
  }
  // As Store::CommitUnsynced.
  Status CommitUnsynced(const Store::WriterLock& lock, Batch& batch) {
    Save(batch);
    return store_->CommitUnsynced(lock, batch);
  }
  void Save(Batch& batch) const {
    labels_->Save(batch);
    sources_->Save(batch);
    outbox_->Save(batch);
  }
  void Committed() {
    labels_->Committed();
    sources_->Committed();
    totals_->Committed();
    outbox_->Committed();
    periods_->Committed();
  }
  void Abandoned() {
    labels_->Abandoned();
    sources_->Abandoned();
    totals_->Abandoned();
    outbox_->Abandoned();
    periods_->Abandoned();
  }

 private:
  Stores() = default;

  std::mutex import_turn_;
  std::unique_ptr<Store> store_;  // first: it goes last
  std::unique_ptr<LabelDictionary> labels_;
  std::unique_ptr<SourceDirectory> sources_;
  std::unique_ptr<TotalsLedger> totals_;
  std::unique_ptr<Outbox> outbox_;
  std::unique_ptr<PeriodLedger> periods_;
};

}  // namespace rollcall::storage
