#include "storage/totals_ledger.h"

#include <algorithm>
#include <new>

#include "base/log.h"

namespace rollcall::storage {
namespace {

// About 50 MiB; the rows that reports keep touching are a few thousand.
constexpr size_t kMaxCachedRows = 1 << 18;

// Rows per transaction of a base: none holds the writer lock for long.
constexpr size_t kRowsPerBatch = 8192;

}  // namespace

Result<std::unique_ptr<TotalsLedger>> TotalsLedger::Open(Store& store) {
  std::unique_ptr<TotalsLedger> ledger(new TotalsLedger(store));
  ROLLCALL_RETURN_IF_ERROR(ledger->Load());
  return ledger;
}

Status TotalsLedger::Load() {
  Scan scan = store_.NewScan(Table::kWindows, "", "");
  for (; scan.Valid(); scan.Next()) {
    const std::optional<WindowKey> key = DecodeWindowKey(scan.key());
    WindowRecord record;
    // A row that says nothing: the totals are counted anew.
    if (!key || !DecodeWindow(scan.value(), record).ok()) continue;
    windows_[*key] = Entry{next_epoch_++, true, record.final, {}};
  }
  return scan.status();
}

void TotalsLedger::DropRows(const WindowKey& window, Transaction& transaction) {
  const KeyRange range = RangeOf(window);
  transaction.DeleteRange(Table::kTotals, range.begin, range.end);
}

void TotalsLedger::DropStale(Month month, FleetRef fleet, Transaction& transaction) {
  auto at = windows_.lower_bound({month, fleet});
  while (at != windows_.end() && at->first.last < month.Plus(kMaxWindowMonths)) {
    const auto& [window, entry] = *at;
    if (window.fleet != fleet) {
      ++at;
    } else if (window.last == month) {
      if (entry.final) {
        transaction.Put(Table::kWindows, EncodeKey(window), EncodeWindow(WindowRecord()));
        staged_reopened_.push_back(window);
        at->second.final = false;
      }
      ++at;
    } else {
      at = DropWindow(at, transaction);
    }
  }
}

void TotalsLedger::Drop(const WindowKey& window, Transaction& transaction) {
  if (const auto at = windows_.find(window); at != windows_.end()) DropWindow(at, transaction);
}

TotalsLedger::Windows::iterator TotalsLedger::DropWindow(Windows::iterator at,
                                                         Transaction& transaction) {
  DropRows(at->first, transaction);
  transaction.Delete(Table::kWindows, EncodeKey(at->first));
  staged_drops_.emplace_back(at->first, std::move(at->second));
  return windows_.erase(at);
}

Result<TotalsRow> TotalsLedger::RowOf(const TotalsKey& key) const {
  if (const auto cached = rows_.find(key); cached != rows_.end()) return cached->second;
  const auto stored = store_.Get(Table::kTotals, EncodeKey(key));
  if (!stored.ok()) return stored.status();
  TotalsRow row;
  if (stored->has_value()) ROLLCALL_RETURN_IF_ERROR(DecodeTotals(**stored, row));
  return row;
}

Status TotalsLedger::Add(const TotalsMap& gains, Transaction& transaction) {
  // In order of the keys: RocksDB takes rows in much faster so, which shows with a report of a
  // million series.
  std::vector<const TotalsMap::value_type*> sorted;
  sorted.reserve(gains.size());
  for (const TotalsMap::value_type& entry : gains) sorted.push_back(&entry);
  std::sort(sorted.begin(), sorted.end(),
            [](const auto* a, const auto* b) { return a->first < b->first; });
  for (const TotalsMap::value_type* const entry : sorted) {
    const auto& [key, gain] = *entry;
    const auto at = windows_.find({key.last, key.fleet});
    if (at == windows_.end()) continue;
    if (!at->second.kept) {
      staged_pending_[key] += gain;
      continue;
    }
    Result<TotalsRow> row = RowOf(key);
    if (row.status().code() == Code::kDataLoss) {
      // Totals can be computed again from the peaks; what was put for them above goes with them.
      log::Error("totals of {}: {}; they are dropped and computed again", key.last.ToString(),
                 row.status().message());
      DropWindow(at, transaction);
      continue;
    }
    if (!row.ok()) return row.status();
    *row += gain;
    transaction.Put(Table::kTotals, EncodeKey(key), EncodeTotals(*row));
    staged_rows_[key] = *row;
  }
  return Status::Ok();
}

void TotalsLedger::Committed() {
  if (rows_.size() + staged_rows_.size() > kMaxCachedRows) {
    rows_.clear();
    staged_rows_.clear();
  }
  try {
    for (const auto& [key, row] : staged_rows_) rows_[key] = row;
  } catch (const std::bad_alloc&) {
    rows_.clear();
  }
  for (const auto& [key, gain] : staged_pending_) {
    const auto at = windows_.find({key.last, key.fleet});
    if (at == windows_.end()) continue;
    try {
      at->second.pending[key] += gain;
    } catch (const std::bad_alloc&) {
      windows_.erase(at);  // who computes it begins again
    }
  }
  if (!staged_drops_.empty()) rows_.clear();
  staged_rows_.clear();
  staged_pending_.clear();
  staged_drops_.clear();
  staged_reopened_.clear();
}

void TotalsLedger::Abandoned() {
  for (auto& [window, entry] : staged_drops_) windows_[window] = std::move(entry);
  for (const WindowKey& window : staged_reopened_) windows_[window].final = true;
  staged_rows_.clear();
  staged_pending_.clear();
  staged_drops_.clear();
  staged_reopened_.clear();
}

Result<std::optional<TotalsLedger::Cut>> TotalsLedger::Begin(const WindowKey& window) {
  Transaction transaction(store_);
  if (const auto at = windows_.find(window); at != windows_.end() && at->second.kept) {
    return std::optional<Cut>();
  }
  // Rows that an earlier attempt left behind.
  DropRows(window, transaction);
  ROLLCALL_RETURN_IF_ERROR(transaction.Commit());
  std::erase_if(rows_, [&](const auto& row) {
    return row.first.last == window.last && row.first.fleet == window.fleet;
  });
  const uint64_t epoch = next_epoch_++;
  windows_[window] = Entry{epoch, false, false, {}};
  return std::optional(Cut{window, epoch, store_.TakeSnapshot()});
}

Result<bool> TotalsLedger::Finish(const Cut& cut, const TotalsMap& base) {
  const auto still_ours = [&] {
    const auto at = windows_.find(cut.window);
    return at != windows_.end() && at->second.epoch == cut.epoch;
  };
  for (auto next = base.begin(); next != base.end();) {
    Transaction transaction(store_);
    if (!still_ours()) return false;
    for (size_t i = 0; i < kRowsPerBatch && next != base.end(); ++i, ++next) {
      transaction.Put(Table::kTotals, EncodeKey(next->first), EncodeTotals(next->second));
    }
    ROLLCALL_RETURN_IF_ERROR(transaction.Commit());
  }
  Transaction transaction(store_);
  if (!still_ours()) return false;
  Entry& entry = windows_[cut.window];
  for (const auto& [key, gain] : entry.pending) {
    const auto found = base.find(key);
    TotalsRow row = found == base.end() ? TotalsRow() : found->second;
    row += gain;
    transaction.Put(Table::kTotals, EncodeKey(key), EncodeTotals(row));
  }
  transaction.Put(Table::kWindows, EncodeKey(cut.window), EncodeWindow(WindowRecord()));
  ROLLCALL_RETURN_IF_ERROR(transaction.Commit());
  entry.pending.clear();
  entry.kept = true;
  return true;
}

Status TotalsLedger::MarkFinal(const WindowKey& window, const WindowRecord& record) {
  Transaction transaction(store_);
  const auto at = windows_.find(window);
  if (at == windows_.end() || !at->second.kept || at->second.final) return Status::Ok();
  transaction.Put(Table::kWindows, EncodeKey(window), EncodeWindow(record));
  ROLLCALL_RETURN_IF_ERROR(transaction.Commit());
  at->second.final = true;
  return Status::Ok();
}

Result<std::optional<WindowRecord>> TotalsLedger::ReadWindow(const Store& store,
                                                             const WindowKey& window,
                                                             const Snapshot& snapshot) {
  const auto stored = store.Get(Table::kWindows, EncodeKey(window), &snapshot);
  if (!stored.ok()) return stored.status();
  if (!stored->has_value()) return std::optional<WindowRecord>();
  WindowRecord record;
  if (!DecodeWindow(**stored, record).ok()) return std::optional<WindowRecord>();
  return std::optional(std::move(record));
}

}  // namespace rollcall::storage
