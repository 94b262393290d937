#include "counts/period_scan.h"

#include "counts/peaks_cursor.h"
#include "storage/chunk_codec.h"
#include "storage/keys.h"
#include "storage/peaks_replay.h"
#include "storage/row_codec.h"

namespace rollcall::counts {
namespace {

using storage::Table;

// All sources, of each the newest month first.
Status ScanWindow(const storage::Store& store, FleetRef fleet, Period period,
                  const storage::Snapshot& snapshot, TallyBuilder& builder) {
  auto cursor = PeaksCursor::Open(store, {period.last_month(), fleet}, period.months, {}, snapshot);
  if (!cursor.ok()) return cursor.status();
  while (cursor->Valid()) {
    for (const PeaksCursor::Row& row : cursor->rows()) {
      ROLLCALL_RETURN_IF_ERROR(builder.AddRow(row.bytes).WithContext(
          "source " + std::to_string(cursor->source().value)));
    }
    builder.CloseSource(cursor->source());
    ROLLCALL_RETURN_IF_ERROR(cursor->Next());
  }
  return Status::Ok();
}

// The peaks of one source's day. What stands before damage is good, and all that there is.
std::string PeaksOfDay(Day day, std::string_view chunk) {
  PeaksRow row;
  storage::PeaksReplay replay(row);
  storage::ChunkReader reader(day, chunk);
  replay.BeginDay(1);
  while (reader.Next()) replay.Add(reader.slot(), reader.repeats(), reader.series());
  return storage::EncodePeaks(row);
}

Status ScanDay(const storage::Store& store, FleetRef fleet, Day day,
               const storage::Snapshot& snapshot, TallyBuilder& builder) {
  const storage::KeyRange range = storage::RangeOf(day.number, fleet);
  storage::Scan scan = store.NewScan(Table::kChunks, range.begin, range.end, &snapshot);
  for (; scan.Valid(); scan.Next()) {
    const auto key = storage::DecodeChunkKey(scan.key());
    if (!key) return Status::DataLoss("decode chunk key: not a key");
    ROLLCALL_RETURN_IF_ERROR(builder.AddRow(PeaksOfDay(day, scan.value())));
    builder.CloseSource(key->source);
  }
  return scan.status();
}

}  // namespace

Result<ScannedPeriod> ScanPeriod(storage::Stores& stores, const Fleet& fleet, Period period,
                                 const storage::Snapshot& snapshot) {
  TallyBuilder builder(fleet, stores.labels(), snapshot);
  ROLLCALL_RETURN_IF_ERROR(builder.Open());
  const Status status =
      period.is_day() ? ScanDay(stores.store(), fleet.ref, Day{period.last}, snapshot, builder)
                      : ScanWindow(stores.store(), fleet.ref, period, snapshot, builder);
  if (!status.ok()) return status.WithContext("count " + period.ToString());
  ScannedPeriod scanned;
  if (period.months == 1) scanned.sources = builder.sources();
  scanned.rows = builder.Finish();
  return scanned;
}

}  // namespace rollcall::counts
