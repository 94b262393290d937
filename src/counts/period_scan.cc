#include "counts/period_scan.h"

#include <algorithm>

#include "base/background.h"
#include "counts/days_scan.h"
#include "counts/figure_scan.h"
#include "counts/peaks_cursor.h"
#include "counts/stopped.h"
#include "storage/day_columns.h"
#include "storage/keys.h"
#include "storage/retention.h"

namespace rollcall::counts {
namespace {

using storage::Table;

class PeriodScan {
 public:
  PeriodScan(const storage::Store& store, FleetRef fleet, Period period,
             const storage::Snapshot& snapshot, TallyBuilder& builder, FigureScan* figures,
             storage::DayColumnsBuilder* columns, std::stop_token stop)
      : store_(store),
        fleet_(fleet),
        period_(period),
        snapshot_(snapshot),
        builder_(builder),
        figures_(figures),
        columns_(columns),
        stop_(std::move(stop)) {}

  Status Run() { return period_.is_day() ? ScanDay() : ScanMonths(); }

 private:
  // All sources, of each the newest month first.
  Status ScanMonths() {
    const Month last = period_.last_month();
    const int months = static_cast<int>(last.number - period_.first_month().number) + 1;
    auto cursor = PeaksCursor::Open(store_, {last, fleet_}, months, {}, snapshot_);
    if (!cursor.ok()) return cursor.status();
    while (cursor->Valid()) {
      for (const PeaksCursor::Row& row : cursor->rows()) {
        const Status status = AddRow(cursor->source(), last.Plus(-row.back), row.bytes);
        if (!status.ok()) {
          return status.WithContext("source " + std::to_string(cursor->source().value));
        }
      }
      ROLLCALL_RETURN_IF_ERROR(CloseSource(cursor->source()));
      ROLLCALL_RETURN_IF_ERROR(cursor->Next());
    }
    return Status::Ok();
  }

  Status AddRow(SourceRef source, Month month, std::string_view bytes) {
    const DayRange days{std::max(month.FirstDay(), period_.first_day()),
                        std::min(month.LastDay(), period_.last_day())};
    if (days.first == month.FirstDay() && days.last == month.LastDay()) {
      return AddWholeRow(month, bytes);
    }
    const auto row = PeaksOfDays(store_, fleet_, source, days, bytes, snapshot_);
    if (!row.ok()) return row.status();
    return row->empty() ? Status::Ok() : AddWholeRow(month, *row);
  }

  Status AddWholeRow(Month month, std::string_view bytes) {
    ROLLCALL_RETURN_IF_ERROR(builder_.AddRow(bytes));
    return figures_ == nullptr ? Status::Ok() : figures_->AddRow(month, bytes);
  }

  Status ScanDay() {
    const storage::KeyRange range = storage::RangeOf(period_.last, fleet_);
    storage::Scan scan = store_.NewScan(Table::kChunks, range.begin, range.end, &snapshot_);
    for (; scan.Valid(); scan.Next()) {
      const auto key = storage::DecodeChunkKey(scan.key());
      if (!key) return Status::DataLoss("decode chunk key: not a key");
      ROLLCALL_RETURN_IF_ERROR(builder_.AddRow(PeaksOfDay(key->day, scan.value())));
      if (columns_ != nullptr) columns_->Add(key->source, scan.value());
      ROLLCALL_RETURN_IF_ERROR(CloseSource(key->source));
    }
    if (columns_ != nullptr) columns_->Finish();
    return scan.status();
  }

  Status CloseSource(SourceRef source) {
    builder_.CloseSource(source);
    if (figures_ != nullptr) ROLLCALL_RETURN_IF_ERROR(figures_->CloseSource(source));
    MakeWay();
    return StatusOf(stop_);
  }

  const storage::Store& store_;
  const FleetRef fleet_;
  const Period period_;
  const storage::Snapshot& snapshot_;
  TallyBuilder& builder_;
  FigureScan* const figures_;                  // null: the period has no distributions
  storage::DayColumnsBuilder* const columns_;  // null: they are left out
  const std::stop_token stop_;
};

}  // namespace

Result<bool> IsWhole(const storage::Store& store, FleetRef fleet, Period period) {
  if (!period.is_window()) {
    const Result<Day> whole_from = storage::FirstWholeDay(store, fleet);
    if (!whole_from.ok()) return whole_from.status();
    // The first day of which a chunk is read: of a cut window only the last month is.
    const Day first = period.is_cut() ? period.last_month().FirstDay() : period.first_day();
    if (first < *whole_from) return false;
  }
  if (period.is_day()) return true;
  const Result<Month> whole_from = storage::FirstWholeMonth(store, fleet);
  if (!whole_from.ok()) return whole_from.status();
  return period.first_month() >= *whole_from;
}

bool KeepsSources(Period period) {
  return period.kind == Period::Kind::kMonth || period.kind == Period::Kind::k30Days;
}

bool KeepsDistributions(Period period) {
  return period.is_window() || period.kind == Period::Kind::k30Days;
}

Result<ScannedPeriod> ScanPeriod(storage::Stores& stores, const Fleet& fleet, Period period,
                                 const storage::Snapshot& snapshot, Columns columns,
                                 std::stop_token stop) {
  TallyBuilder builder(fleet, stores.labels(), snapshot);
  ROLLCALL_RETURN_IF_ERROR(builder.Open());
  std::optional<FigureScan> figures;
  if (KeepsDistributions(period)) {
    figures.emplace(fleet, stores, snapshot);
    ROLLCALL_RETURN_IF_ERROR(figures->Open());
  }
  ScannedPeriod scanned;
  std::optional<storage::DayColumnsBuilder> day;
  if (columns == Columns::kAddThoseOfADay && period.is_day()) {
    day.emplace(period.first_day(), scanned.columns);
  }
  const Status status =
      PeriodScan(stores.store(), fleet.ref, period, snapshot, builder,
                 figures ? &*figures : nullptr, day ? &*day : nullptr, std::move(stop))
          .Run();
  if (!status.ok()) return status.WithContext("count " + period.ToString());
  if (KeepsSources(period)) scanned.sources = builder.sources();
  scanned.rows = builder.Finish();
  if (figures) figures->AddTo(scanned.rows);
  return scanned;
}

}  // namespace rollcall::counts
