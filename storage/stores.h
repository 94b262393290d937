// The store and the owners of its tables, opened together: everything that one server stores. Owned
// by the server or the command. Any change of it is a Transaction of store().
#pragma once

#include <memory>

#include "storage/crash_notes.h"
#include "storage/fleet_names.h"
#include "storage/host_history.h"
#include "storage/label_dictionary.h"
#include "storage/outbox.h"
#include "storage/period_ledger.h"
#include "storage/source_directory.h"
#include "storage/store.h"
#include "storage/store_time.h"
#include "storage/totals_ledger.h"

namespace rollcall::storage {

class Records;

class Stores {
 public:
  // Fails as Store::Open does.
  static Result<std::unique_ptr<Stores>> Open(const StoreOptions& options);
  ~Stores();
  Stores(const Stores&) = delete;
  Stores& operator=(const Stores&) = delete;

  Store& store() { return *store_; }
  LabelDictionary& labels() { return *labels_; }
  SourceDirectory& sources() { return *sources_; }
  TotalsLedger& totals() { return *totals_; }
  Outbox& outbox() { return *outbox_; }
  PeriodLedger& periods() { return *periods_; }
  HostHistory& hosts() { return *hosts_; }
  Records& records() { return *records_; }
  CrashNotes& crash_notes() { return *crash_notes_; }
  StoreTime& time() { return *time_; }
  FleetNames& fleets() { return *fleets_; }

 private:
  Stores();

  std::unique_ptr<Store> store_;  // first, so that it is destroyed last
  std::unique_ptr<LabelDictionary> labels_;
  std::unique_ptr<SourceDirectory> sources_;
  std::unique_ptr<TotalsLedger> totals_;
  std::unique_ptr<Outbox> outbox_;
  std::unique_ptr<PeriodLedger> periods_;
  std::unique_ptr<HostHistory> hosts_;
  std::unique_ptr<Records> records_;
  std::unique_ptr<CrashNotes> crash_notes_;
  std::unique_ptr<StoreTime> time_;
  std::unique_ptr<FleetNames> fleets_;
};

}  // namespace rollcall::storage
