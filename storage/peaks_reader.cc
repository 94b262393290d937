#include "storage/peaks_reader.h"

#include "storage/row_codec.h"

namespace rollcall::storage {

Result<PeaksRow> ReadPeaks(const Store& store, const PeaksKey& key) {
  const auto stored = store.Get(Table::kPeaks, EncodeKey(key));
  if (!stored.ok()) return stored.status();
  PeaksRow row;
  if (stored->has_value()) ROLLCALL_RETURN_IF_ERROR(DecodePeaks(**stored, row));
  return row;
}

Status MergePeaksBefore(const Store& store, const PeaksKey& key, int from, int to, PeaksRow& row) {
  for (int back = from; back < to; ++back) {
    if (key.month.number < static_cast<uint32_t>(back)) break;
    const Result<PeaksRow> earlier =
        ReadPeaks(store, {key.month.Plus(-back), key.fleet, key.source});
    if (!earlier.ok()) return earlier.status();
    if (!earlier->metrics.empty()) row = MergePeaks(row, *earlier);
  }
  return Status::Ok();
}

}  // namespace rollcall::storage
