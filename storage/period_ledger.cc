#include "storage/period_ledger.h"

#include "storage/retention.h"

namespace rollcall::storage {
Result<std::unique_ptr<PeriodLedger>> PeriodLedger::Open(Store& store) {
  std::unique_ptr<PeriodLedger> ledger(new PeriodLedger(store));
  ROLLCALL_RETURN_IF_ERROR(ledger->Load());
  return ledger;
}

Status PeriodLedger::Load() {
  Scan scan = store_.NewScan(Table::kPeriods, "", "");
  while (scan.Valid()) {
    const std::optional<PeriodKey> key = DecodePeriodKey(scan.key());
    // A row that belongs to no period says nothing.
    if (key) {
      kept_.insert(*key);
      scan.Seek(RangeOf(*key).end);
    } else {
      scan.Next();
    }
  }
  return scan.status();
}

void PeriodLedger::Drop(const PeriodKey& key, Transaction& transaction) {
  computing_.erase(key);
  if (kept_.erase(key) == 0) return;
  const KeyRange range = RangeOf(key);
  transaction.DeleteRange(Table::kPeriods, range.begin, range.end);
  staged_drops_.push_back(key);
}

void PeriodLedger::DropPartial(Day first, Day last, FleetRef fleet, Transaction& transaction) {
  std::vector<PeriodKey> stale;
  const auto add = [&](const PeriodKey& key) {
    if (key.fleet == fleet && key.period.first_day() <= first && key.period.last_day() >= last) {
      stale.push_back(key);
    }
  };
  // Their kinds come after all others.
  const PeriodKey begin{{Period::Kind::k30Days, 0}, {}};
  for (auto at = kept_.lower_bound(begin); at != kept_.end(); ++at) add(*at);
  for (auto at = computing_.lower_bound(begin); at != computing_.end(); ++at) add(at->first);
  for (const PeriodKey& key : stale) Drop(key, transaction);
}

void PeriodLedger::DropPartial(Day day, FleetRef fleet, Transaction& transaction) {
  DropPartial(day, day, fleet, transaction);
}

void PeriodLedger::DropDay(Day day, FleetRef fleet, Transaction& transaction) {
  {
    const MutexLock lock(changes_mutex_);
    staged_days_.insert(day);
  }
  Drop({Period::Of(day), fleet}, transaction);
  DropPartial(day, day, fleet, transaction);
}

void PeriodLedger::DropWindows(Month month, FleetRef fleet, Transaction& transaction,
                               Month first_whole) {
  for (const Span span : kSpans) {
    for (int later = 0; later < MonthsOf(span); ++later) {
      const Window window{month.Plus(later), span};
      if (window.first() >= first_whole) Drop({Period::Of(window), fleet}, transaction);
    }
  }
  DropPartial(month.FirstDay(), month.LastDay(), fleet, transaction);
}

uint64_t PeriodLedger::changes() const {
  const MutexLock lock(changes_mutex_);
  return changes_;
}

std::optional<Day> PeriodLedger::FirstChangedSince(uint64_t changes) const {
  const MutexLock lock(changes_mutex_);
  return FirstChanged(changes);
}

std::optional<Day> PeriodLedger::FirstChanged(uint64_t changes) const {
  if (changes == changes_) return std::nullopt;
  for (const auto& [day, change] : changed_) {
    if (change > changes) return day;
  }
  return std::nullopt;
}

std::optional<Day> PeriodLedger::FirstChangingSince(uint64_t changes) const {
  const MutexLock lock(changes_mutex_);
  std::optional<Day> first = FirstChanged(changes);
  if (!staged_days_.empty() && (!first || *staged_days_.begin() < *first)) {
    first = *staged_days_.begin();
  }
  return first;
}

// The change is visible before it is counted: who counted it has it. Until then it is staged.
void PeriodLedger::Committed() {
  staged_drops_.clear();
  const MutexLock lock(changes_mutex_);
  if (staged_days_.empty()) return;
  ++changes_;
  for (const Day day : staged_days_) changed_[day] = changes_;
  staged_days_.clear();
}

void PeriodLedger::Abandoned() {
  {
    const MutexLock lock(changes_mutex_);
    staged_days_.clear();
  }
  kept_.insert(staged_drops_.begin(), staged_drops_.end());
  staged_drops_.clear();
}

Status PeriodLedger::DropIf(FleetRef fleet, const std::function<Result<bool>(Period)>& which) {
  Transaction transaction(store_);
  std::set<PeriodKey> keys = kept_;
  for (const auto& [key, _] : computing_) keys.insert(key);
  for (const PeriodKey& key : keys) {
    if (key.fleet != fleet) continue;
    const Result<bool> wanted = which(key.period);
    if (!wanted.ok()) return wanted.status();
    if (*wanted) Drop(key, transaction);
  }
  return transaction.Commit();
}

Status PeriodLedger::DeleteBefore(Period::Kind kind, uint32_t last, FleetRef fleet) {
  Transaction transaction(store_);
  std::vector<PeriodKey> old;
  for (auto at = kept_.lower_bound({{kind, 0}, {}}); at != kept_.end(); ++at) {
    if (at->period.kind != kind || at->period.last >= last) break;
    if (at->fleet != fleet) continue;
    const KeyRange range = RangeOf(*at);
    transaction.DeleteRange(Table::kPeriods, range.begin, range.end);
    old.push_back(*at);
  }
  if (old.empty()) return Status::Ok();
  ROLLCALL_RETURN_IF_ERROR(transaction.Commit());
  for (const PeriodKey& key : old) kept_.erase(key);
  return Status::Ok();
}

Result<std::optional<Period>> PeriodLedger::FirstStored(const Store& store, Period::Kind kind,
                                                        FleetRef fleet) {
  const KeyRange range = RangeOf(std::string(1, static_cast<char>(kind)));
  Scan scan = store.NewScan(Table::kPeriods, range.begin, range.end);
  while (scan.Valid()) {
    const std::optional<PeriodKey> key = DecodePeriodKey(scan.key());
    if (!key) return Status::DataLoss("decode period key: not a key");
    if (key->fleet == fleet) return std::optional(key->period);
    scan.Seek(RangeOf(*key).end);
  }
  ROLLCALL_RETURN_IF_ERROR(scan.status());
  return std::optional<Period>();
}

PeriodLedger::Cut PeriodLedger::Begin(const PeriodKey& key) {
  Transaction transaction(store_);
  const uint64_t epoch = next_epoch_++;
  computing_[key] = epoch;
  return {key, epoch, store_.TakeSnapshot()};
}

Result<bool> PeriodLedger::Finish(const Cut& cut, const PeriodHead& head, const TallyRows& rows,
                                  TallyRows columns) {
  Transaction transaction(store_);
  const auto at = computing_.find(cut.key);
  if (at == computing_.end() || at->second != cut.epoch) return false;
  computing_.erase(at);
  const KeyRange range = RangeOf(cut.key);
  transaction.DeleteRange(Table::kPeriods, range.begin, range.end);
  for (const auto& [suffix, row] : rows)
    transaction.Put(Table::kPeriods, range.begin + suffix, row);
  if (!columns.empty()) {
    const Result<Day> whole_from = FirstWholeDay(store_, cut.key.fleet);
    if (!whole_from.ok()) return whole_from.status();
    if (cut.key.period.first_day() < *whole_from) columns.clear();
  }
  while (!columns.empty()) {
    const auto row = columns.extract(columns.begin());
    transaction.Put(Table::kPeriods, range.begin + row.key(), row.mapped());
  }
  transaction.Put(Table::kPeriods, range.begin, EncodePeriodHead(head));
  ROLLCALL_RETURN_IF_ERROR(transaction.Commit());
  kept_.insert(cut.key);
  return true;
}

}  // namespace rollcall::storage
