#include "counts/period_scan.h"

#include <algorithm>

#include "counts/days_scan.h"
#include "counts/peaks_cursor.h"
#include "counts/stopped.h"
#include "storage/keys.h"

namespace rollcall::counts {
namespace {

using storage::Table;

class PeriodScan {
 public:
  PeriodScan(const storage::Store& store, FleetRef fleet, Period period,
             const storage::Snapshot& snapshot, TallyBuilder& builder, std::stop_token stop)
      : store_(store),
        fleet_(fleet),
        period_(period),
        snapshot_(snapshot),
        builder_(builder),
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
      return builder_.AddRow(bytes);
    }
    const auto row = PeaksOfDays(store_, fleet_, source, days, bytes, snapshot_);
    if (!row.ok()) return row.status();
    return row->empty() ? Status::Ok() : builder_.AddRow(*row);
  }

  Status ScanDay() {
    const storage::KeyRange range = storage::RangeOf(period_.last, fleet_);
    storage::Scan scan = store_.NewScan(Table::kChunks, range.begin, range.end, &snapshot_);
    for (; scan.Valid(); scan.Next()) {
      const auto key = storage::DecodeChunkKey(scan.key());
      if (!key) return Status::DataLoss("decode chunk key: not a key");
      ROLLCALL_RETURN_IF_ERROR(builder_.AddRow(PeaksOfDay(key->day, scan.value())));
      ROLLCALL_RETURN_IF_ERROR(CloseSource(key->source));
    }
    return scan.status();
  }

  Status CloseSource(SourceRef source) {
    builder_.CloseSource(source);
    return StatusOf(stop_);
  }

  const storage::Store& store_;
  const FleetRef fleet_;
  const Period period_;
  const storage::Snapshot& snapshot_;
  TallyBuilder& builder_;
  const std::stop_token stop_;
};

}  // namespace

bool KeepsSources(Period period) {
  return period.kind == Period::Kind::kMonth || period.kind == Period::Kind::k30Days;
}

Result<ScannedPeriod> ScanPeriod(storage::Stores& stores, const Fleet& fleet, Period period,
                                 const storage::Snapshot& snapshot, std::stop_token stop) {
  TallyBuilder builder(fleet, stores.labels(), snapshot);
  ROLLCALL_RETURN_IF_ERROR(builder.Open());
  const Status status =
      PeriodScan(stores.store(), fleet.ref, period, snapshot, builder, std::move(stop)).Run();
  if (!status.ok()) return status.WithContext("count " + period.ToString());
  ScannedPeriod scanned;
  if (KeepsSources(period)) scanned.sources = builder.sources();
  scanned.rows = builder.Finish();
  return scanned;
}

}  // namespace rollcall::counts
