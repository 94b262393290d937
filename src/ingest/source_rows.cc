#include "ingest/source_rows.h"

#include "storage/keys.h"

namespace rollcall::ingest {
namespace {

// Keys of chunks and of peaks begin alike.
Status ForEach(const storage::Store& store, storage::Table table, FleetRef fleet, SourceRef source,
               uint32_t first, uint32_t last,
               const std::function<Status(uint32_t, std::string_view)>& visit) {
  storage::Scan scan = store.NewScan(table, storage::EncodePrefix(first), "");
  while (scan.Valid()) {
    const auto key = storage::DecodePeaksKey(scan.key());
    if (!key) return Status::DataLoss("decode a report's key: not a key");
    const uint32_t number = key->month.number;
    if (number > last) break;
    const std::string wanted = storage::EncodeKey(storage::PeaksKey{{number}, fleet, source});
    scan.Seek(wanted);
    if (scan.Valid() && scan.key() == wanted) ROLLCALL_RETURN_IF_ERROR(visit(number, scan.value()));
    ROLLCALL_RETURN_IF_ERROR(scan.status());
    scan.Seek(storage::EncodePrefix(number + 1));
  }
  return scan.status();
}

}  // namespace

Status ForEachDay(const storage::Store& store, FleetRef fleet, SourceRef source, Day first,
                  Day last, const VisitDay& visit) {
  return ForEach(
      store, storage::Table::kChunks, fleet, source, first.number, last.number,
      [&](uint32_t number, std::string_view chunk) { return visit(Day{number}, chunk); });
}

Status ForEachMonth(const storage::Store& store, FleetRef fleet, SourceRef source,
                    const VisitMonth& visit) {
  return ForEach(store, storage::Table::kPeaks, fleet, source, 0, UINT32_MAX - 1,
                 [&](uint32_t number, std::string_view row) { return visit(Month{number}, row); });
}

}  // namespace rollcall::ingest
