#include "storage/stores.h"

#include "storage/records.h"

namespace rollcall::storage {

Stores::Stores() = default;
Stores::~Stores() = default;

Result<std::unique_ptr<Stores>> Stores::Open(const StoreOptions& options) {
  std::unique_ptr<Stores> stores(new Stores());
  auto store = Store::Open(options);
  if (!store.ok()) return store.status();
  stores->store_ = std::move(store).value();
  auto labels = LabelDictionary::Open(stores->store());
  if (!labels.ok()) return labels.status();
  stores->labels_ = std::move(labels).value();
  auto sources = SourceDirectory::Open(stores->store());
  if (!sources.ok()) return sources.status();
  stores->sources_ = std::move(sources).value();
  auto totals = TotalsLedger::Open(stores->store());
  if (!totals.ok()) return totals.status();
  stores->totals_ = std::move(totals).value();
  auto outbox = Outbox::Open(stores->store(), options.outbox_max_bytes);
  if (!outbox.ok()) return outbox.status();
  stores->outbox_ = std::move(outbox).value();
  auto periods = PeriodLedger::Open(stores->store());
  if (!periods.ok()) return periods.status();
  stores->periods_ = std::move(periods).value();
  auto hosts = HostHistory::Open(stores->store());
  if (!hosts.ok()) return hosts.status();
  stores->hosts_ = std::move(hosts).value();
  auto records = Records::Open(stores->store());
  if (!records.ok()) return records.status();
  stores->records_ = std::move(records).value();
  auto crash_notes = CrashNotes::Open(stores->store());
  if (!crash_notes.ok()) return crash_notes.status();
  stores->crash_notes_ = std::move(crash_notes).value();
  auto time = StoreTime::Open(stores->store());
  if (!time.ok()) return time.status();
  stores->time_ = std::move(time).value();
  auto fleets = FleetNames::Open(stores->store());
  if (!fleets.ok()) return fleets.status();
  stores->fleets_ = std::move(fleets).value();
  return stores;
}

}  // namespace rollcall::storage
