#include "storage/retention.h"

#include <algorithm>
#include <optional>
#include <string>

#include "storage/day_columns.h"
#include "storage/keys.h"
#include "storage/transaction.h"

namespace rollcall::storage {
namespace {

constexpr std::string_view kChunksDroppedBefore = "chunks_dropped_before";
constexpr std::string_view kPeaksDroppedBefore = "peaks_dropped_before";

// Drops the columns of all days before `day`, of one fleet or of all: they go with the chunks, the
// days' tallies stay.
Status DropColumnsBefore(const Store& store, std::optional<FleetRef> fleet, uint32_t day,
                         Transaction& transaction) {
  const auto first_of = [](uint32_t number) {
    return EncodeKey(PeriodKey{Period::Of(Day{number}), {}});
  };
  Scan scan = store.NewScan(Table::kPeriods, first_of(0), first_of(day));
  while (scan.Valid()) {
    const auto key = DecodePeriodKey(scan.key());
    if (!key) return Status::DataLoss("decode period key: not a key");
    const KeyRange columns = ColumnsOf(*key);
    if (!fleet || key->fleet == *fleet) {
      scan.Seek(columns.begin);
      if (!scan.Valid() || scan.key() >= columns.end) continue;
      transaction.DeleteRange(Table::kPeriods, columns.begin, columns.end);
    }
    scan.Seek(columns.end);
  }
  return scan.status();
}

Status DropBefore(Store& store, Table table, std::string_view name, uint32_t day_or_month) {
  Transaction transaction(store);
  const Result<uint64_t> dropped_before = store.GetNumber(name);
  if (!dropped_before.ok()) return dropped_before.status();
  if (*dropped_before >= day_or_month) return Status::Ok();
  if (table == Table::kChunks) {
    ROLLCALL_RETURN_IF_ERROR(DropColumnsBefore(store, std::nullopt, day_or_month, transaction));
  }
  transaction.DeleteRange(table, EncodePrefix(0), EncodePrefix(day_or_month));
  transaction.PutNumber(name, day_or_month);
  return transaction.Commit();
}

std::string NameOf(std::string_view name, FleetRef fleet) {
  return std::string(name) + "/" + std::to_string(fleet.value);
}

// Keys of chunks and of peaks begin alike.
Status DropBefore(Store& store, Table table, std::string_view of_all, FleetRef fleet,
                  uint32_t day_or_month) {
  Transaction transaction(store);
  const std::string name = NameOf(of_all, fleet);
  const Result<uint64_t> dropped_before = store.GetNumber(name);
  if (!dropped_before.ok()) return dropped_before.status();
  if (*dropped_before >= day_or_month) return Status::Ok();
  Scan scan = store.NewScan(table, "", EncodePrefix(day_or_month));
  while (scan.Valid()) {
    const auto key = DecodePeaksKey(scan.key());
    if (!key) return Status::DataLoss("decode a report's key: not a key");
    const uint32_t number = key->month.number;
    if (key->fleet == fleet) {
      const KeyRange rows = RangeOf(number, fleet);
      transaction.DeleteRange(table, rows.begin, rows.end);
    }
    scan.Seek(key->fleet < fleet ? EncodePrefix(number, fleet) : EncodePrefix(number + 1));
  }
  ROLLCALL_RETURN_IF_ERROR(scan.status());
  if (table == Table::kChunks) {
    ROLLCALL_RETURN_IF_ERROR(DropColumnsBefore(store, fleet, day_or_month, transaction));
  }
  transaction.PutNumber(name, day_or_month);
  return transaction.Commit();
}

Result<uint32_t> DroppedBefore(const Store& store, std::string_view of_all, FleetRef fleet) {
  const Result<uint64_t> all = store.GetNumber(of_all);
  if (!all.ok()) return all.status();
  const Result<uint64_t> own = store.GetNumber(NameOf(of_all, fleet));
  if (!own.ok()) return own.status();
  return static_cast<uint32_t>(std::max(*all, *own));
}

}  // namespace

Status DropChunksBefore(Store& store, FleetRef fleet, Day day) {
  return DropBefore(store, Table::kChunks, kChunksDroppedBefore, fleet, day.number);
}

Status DropPeaksBefore(Store& store, FleetRef fleet, Month month) {
  return DropBefore(store, Table::kPeaks, kPeaksDroppedBefore, fleet, month.number);
}

Result<Day> FirstWholeDay(const Store& store, FleetRef fleet) {
  const Result<uint32_t> number = DroppedBefore(store, kChunksDroppedBefore, fleet);
  if (!number.ok()) return number.status();
  return Day{*number};
}

Result<Month> FirstWholeMonth(const Store& store, FleetRef fleet) {
  const Result<uint32_t> number = DroppedBefore(store, kPeaksDroppedBefore, fleet);
  if (!number.ok()) return number.status();
  return Month{*number};
}

Status DropChunksBefore(Store& store, Day day) {
  return DropBefore(store, Table::kChunks, kChunksDroppedBefore, day.number);
}

Status DropPeaksBefore(Store& store, Month month) {
  return DropBefore(store, Table::kPeaks, kPeaksDroppedBefore, month.number);
}

Result<Day> FirstWholeDay(const Store& store) {
  const Result<uint64_t> number = store.GetNumber(kChunksDroppedBefore);
  if (!number.ok()) return number.status();
  return Day{static_cast<uint32_t>(*number)};
}

Result<Month> FirstWholeMonth(const Store& store) {
  const Result<uint64_t> number = store.GetNumber(kPeaksDroppedBefore);
  if (!number.ok()) return number.status();
  return Month{static_cast<uint32_t>(*number)};
}

}  // namespace rollcall::storage
