#include "counts/misdated.h"

#include <algorithm>
#include <functional>
#include <limits>
#include <set>

#include "model/peaks.h"
#include "storage/chunk_codec.h"
#include "storage/keys.h"
#include "storage/period_codec.h"
#include "storage/retention.h"
#include "storage/row_codec.h"
#include "storage/transaction.h"

namespace rollcall::counts {
namespace {

using storage::Table;

// The same as for samples that are imported.
constexpr Day kFirstDay{10'957};  // 2000-01-01
constexpr uint32_t kNever = std::numeric_limits<uint32_t>::max();

// What is misdated, seen from the store's time.
struct Bounds {
  explicit Bounds(UnixSeconds now)
      : first_day{Day::Of(now).number + 1},
        month(Month::Of(first_day)),
        whole_month(first_day == month.FirstDay() ? month : month.Plus(1)) {}

  Day first_day;      // of the future
  Month month;        // that it is in: windows from it on are wrong
  Month whole_month;  // the first with nothing but the future in it
};

Status Visit(const storage::Store& store, Table table, uint32_t begin, uint32_t end,
             const std::function<Status(uint32_t, std::string_view)>& visit) {
  // Both tables have keys of one shape.
  storage::Scan scan =
      store.NewScan(table, storage::EncodePrefix(begin), storage::EncodePrefix(end));
  for (; scan.Valid(); scan.Next()) {
    const auto key = storage::DecodePeaksKey(scan.key());
    if (!key) return Status::DataLoss("decode a report's key: not a key");
    ROLLCALL_RETURN_IF_ERROR(visit(key->month.number, scan.value()));
  }
  return scan.status();
}

// The peaks of the month up to the day before `bounds.first_day`, of a source that reported since.
Status RecountMonth(storage::Store& store, const Bounds& bounds, FleetRef fleet, SourceRef source,
                    storage::Transaction& transaction) {
  PeaksRow row;
  for (Day day = bounds.month.FirstDay(); day < bounds.first_day; ++day.number) {
    const auto chunk =
        store.Get(Table::kChunks, storage::EncodeKey(storage::ChunkKey{day, fleet, source}));
    if (!chunk.ok()) return chunk.status();
    if (!chunk->has_value()) continue;
    storage::ChunkReader reader(day, **chunk);
    while (reader.Next()) {
      AddReport(reader.series(), day.number - bounds.month.FirstDay().number + 1, row);
    }
    ROLLCALL_RETURN_IF_ERROR(reader.status());
  }
  const std::string key = storage::EncodeKey(storage::PeaksKey{bounds.month, fleet, source});
  if (row.active_days == 0) {
    transaction.Delete(Table::kPeaks, key);
  } else {
    transaction.Put(Table::kPeaks, key, storage::EncodePeaks(row));
  }
  return Status::Ok();
}

Status NotWhole(Month month) {
  return Status::FailedPrecondition("erase misdated reports: the reports of " + month.ToString() +
                                    " are not whole, and its peaks come from them");
}

Status RecountMonth(storage::Store& store, const Bounds& bounds,
                    storage::Transaction& transaction) {
  const Result<Day> first_whole_day = storage::FirstWholeDay(store);
  if (!first_whole_day.ok()) return first_whole_day.status();
  if (bounds.month.FirstDay() < *first_whole_day) {
    return NotWhole(bounds.month);
  }
  std::set<std::pair<FleetRef, SourceRef>> sources;
  storage::Scan scan = store.NewScan(Table::kChunks, storage::EncodePrefix(bounds.first_day.number),
                                     storage::EncodePrefix(bounds.whole_month.FirstDay().number));
  for (; scan.Valid(); scan.Next()) {
    const auto key = storage::DecodeChunkKey(scan.key());
    if (!key) return Status::DataLoss("decode chunk key: not a key");
    sources.emplace(key->fleet, key->source);
  }
  ROLLCALL_RETURN_IF_ERROR(scan.status());
  for (const auto& [fleet, source] : sources) {
    const Result<Day> whole_from = storage::FirstWholeDay(store, fleet);
    if (!whole_from.ok()) return whole_from.status();
    if (bounds.month.FirstDay() < *whole_from) return NotWhole(bounds.month);
    ROLLCALL_RETURN_IF_ERROR(RecountMonth(store, bounds, fleet, source, transaction));
  }
  return Status::Ok();
}

void EraseRows(Table table, uint32_t begin, uint32_t end, storage::Transaction& transaction) {
  transaction.DeleteRange(table, storage::EncodePrefix(begin), storage::EncodePrefix(end));
}

void ErasePeriods(Period::Kind kind, uint32_t begin, uint32_t end,
                  storage::Transaction& transaction) {
  transaction.DeleteRange(Table::kPeriods,
                          storage::EncodeKey(storage::PeriodKey{{kind, begin}, {}}),
                          storage::EncodeKey(storage::PeriodKey{{kind, end}, {}}));
}

void EraseTallies(const Bounds& bounds, Month last_early, storage::Transaction& transaction) {
  using enum Period::Kind;
  for (const Period::Kind kind : {kDay, k30Days, kCutMonth, kCutQuarter, kCutYear}) {
    ErasePeriods(kind, 0, last_early.FirstDay().number, transaction);
    ErasePeriods(kind, bounds.first_day.number, kNever, transaction);
  }
  for (const Period::Kind kind : {kMonth, kQuarter, kYear}) {
    ErasePeriods(kind, 0, last_early.number, transaction);
    ErasePeriods(kind, bounds.month.number, kNever, transaction);
  }
}

}  // namespace

Result<MisdatedReports> FindMisdated(storage::Stores& stores, UnixSeconds now) {
  const storage::Store& store = stores.store();
  const Bounds bounds(now);
  MisdatedReports found;
  const auto note = [&](Day first, Day last) {
    found.first = std::min(found.first.value_or(first), first);
    found.last = std::max(found.last.value_or(last), last);
  };
  const auto add_chunk = [&](uint32_t number, std::string_view chunk) {
    note(Day{number}, Day{number});
    storage::ChunkReader reader(Day{number}, chunk);
    while (reader.Next()) ++found.reports;
    return Status::Ok();
  };
  const auto add_peaks = [&](uint32_t number, std::string_view) {
    note(Month{number}.FirstDay(), Month{number}.LastDay());
    ++found.peaks_rows;
    return Status::Ok();
  };
  ROLLCALL_RETURN_IF_ERROR(Visit(store, Table::kChunks, 0, kFirstDay.number, add_chunk));
  ROLLCALL_RETURN_IF_ERROR(
      Visit(store, Table::kChunks, bounds.first_day.number, kNever, add_chunk));
  ROLLCALL_RETURN_IF_ERROR(Visit(store, Table::kPeaks, 0, Month::Of(kFirstDay).number, add_peaks));
  ROLLCALL_RETURN_IF_ERROR(
      Visit(store, Table::kPeaks, bounds.whole_month.number, kNever, add_peaks));
  return found;
}

Status EraseMisdated(storage::Stores& stores, UnixSeconds now) {
  const Bounds bounds(now);
  storage::Transaction transaction(stores.store());
  ROLLCALL_RETURN_IF_ERROR(RecountMonth(stores.store(), bounds, transaction));
  EraseRows(Table::kChunks, 0, kFirstDay.number, transaction);
  EraseRows(Table::kChunks, bounds.first_day.number, kNever, transaction);
  EraseRows(Table::kPeaks, 0, Month::Of(kFirstDay).number, transaction);
  EraseRows(Table::kPeaks, bounds.whole_month.number, kNever, transaction);
  // What was counted from them: windows reach so far back.
  const Month last_early = Month::Of(kFirstDay).Plus(kMaxWindowMonths);
  for (const Table table : {Table::kTotals, Table::kWindows}) {
    EraseRows(table, 0, last_early.number, transaction);
    EraseRows(table, bounds.month.number, kNever, transaction);
  }
  EraseTallies(bounds, last_early, transaction);
  return transaction.Commit();
}

}  // namespace rollcall::counts
