#include "counts/period_scan.h"

#include <algorithm>
#include <array>
#include <vector>

#include "storage/chunk_codec.h"
#include "storage/keys.h"
#include "storage/row_codec.h"

namespace rollcall::counts {
namespace {

using storage::Table;

FleetRef Next(FleetRef fleet) { return {static_cast<uint16_t>(fleet.value + 1)}; }

// One month's rows, in order of the sources.
struct MonthRows {
  storage::Scan scan;
  uint32_t source = UINT32_MAX;  // of the row at hand; the maximum at the end

  Status Read() {
    source = UINT32_MAX;
    if (!scan.Valid()) return scan.status();
    const auto key = storage::DecodePeaksKey(scan.key());
    if (!key) return Status::DataLoss("decode peaks key: not a key");
    source = key->source.value;
    return Status::Ok();
  }
};

// All sources side by side over the months, of each the newest month first.
Status ScanWindow(const storage::Store& store, FleetRef fleet, Period period,
                  const storage::Snapshot& snapshot, TallyBuilder& builder) {
  std::vector<MonthRows> months;
  for (int back = 0; back < period.months; ++back) {
    if (period.last < static_cast<uint32_t>(back)) break;
    const uint32_t month = period.last - static_cast<uint32_t>(back);
    months.push_back({store.NewScan(Table::kPeaks, storage::EncodePrefix(month, fleet),
                                    storage::EncodePrefix(month, Next(fleet)), &snapshot)});
    ROLLCALL_RETURN_IF_ERROR(months.back().Read());
  }
  while (true) {
    uint32_t source = UINT32_MAX;
    for (const MonthRows& month : months) source = std::min(source, month.source);
    if (source == UINT32_MAX) return Status::Ok();
    for (MonthRows& month : months) {
      if (month.source != source) continue;
      ROLLCALL_RETURN_IF_ERROR(
          builder.AddRow(month.scan.value()).WithContext("source " + std::to_string(source)));
      month.scan.Next();
      ROLLCALL_RETURN_IF_ERROR(month.Read());
    }
    builder.CloseSource({source});
  }
}

// The peaks of one source's day. A report that repeats its stream's last one changes nothing,
// unless another stream had a word on its metrics in between.
std::string PeaksOfDay(Day day, std::string_view chunk) {
  PeaksRow row;
  std::array<bool, storage::kStreamSlots> has_last_word{};
  storage::ChunkReader reader(day, chunk);
  while (reader.Next()) {
    const unsigned slot = reader.slot();
    if (reader.repeats() && has_last_word[slot]) continue;
    AddReport(reader.series(), 1, row);
    for (unsigned other = 0; other < storage::kStreamSlots; ++other) {
      has_last_word[other] =
          has_last_word[other] && !ShareMetric(reader.LatestOf(other), reader.series());
    }
    has_last_word[slot] = true;
  }
  // What stands before damage is good, and all that there is.
  return storage::EncodePeaks(row);
}

Status ScanDay(const storage::Store& store, FleetRef fleet, Day day,
               const storage::Snapshot& snapshot, TallyBuilder& builder) {
  storage::Scan scan = store.NewScan(Table::kChunks, storage::EncodePrefix(day.number, fleet),
                                     storage::EncodePrefix(day.number, Next(fleet)), &snapshot);
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
