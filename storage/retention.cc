#include "storage/retention.h"

#include "storage/keys.h"
#include "storage/transaction.h"

namespace rollcall::storage {
namespace {

constexpr std::string_view kChunksDroppedBefore = "chunks_dropped_before";
constexpr std::string_view kPeaksDroppedBefore = "peaks_dropped_before";

Status DropBefore(Store& store, Table table, std::string_view name, uint32_t day_or_month) {
  Transaction transaction(store);
  const Result<uint64_t> dropped_before = store.GetNumber(name);
  if (!dropped_before.ok()) return dropped_before.status();
  if (*dropped_before >= day_or_month) return Status::Ok();
  transaction.DeleteRange(table, EncodePrefix(0), EncodePrefix(day_or_month));
  transaction.PutNumber(name, day_or_month);
  return transaction.Commit();
}

}  // namespace

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
