#include "ingest/holdings.h"

#include "ingest/source_rows.h"
#include "storage/chunk_codec.h"
#include "storage/row_codec.h"

namespace rollcall::ingest {

Result<Holdings> ReadHoldings(storage::Stores& stores, FleetRef fleet, const SourceId& id) {
  Holdings holdings;
  const auto known = stores.sources().Find(fleet, id);
  if (!known.ok()) return known.status();
  const auto waiting = stores.outbox().CountOf(fleet, id.text());
  if (!waiting.ok()) return waiting.status();
  holdings.waiting = *waiting;
  if (!known->has_value()) {
    if (waiting->live + waiting->parked > 0) return holdings;
    return Status::NotFound(id.text() + ": nothing is held of it");
  }
  holdings.first_seen = (*known)->first_seen;
  const SourceRef source = (*known)->ref;
  ROLLCALL_RETURN_IF_ERROR(ForEachDay(stores.store(), fleet, source, {}, Day{UINT32_MAX - 1},
                                      [&](Day day, std::string_view chunk) {
                                        Holdings::OfDay& of_day = holdings.days.emplace_back();
                                        of_day.day = day;
                                        of_day.bytes = chunk.size();
                                        storage::ChunkReader reader(day, chunk);
                                        while (reader.Next())
                                          of_day.reports.push_back(reader.time());
                                        return reader.status();
                                      }));
  ROLLCALL_RETURN_IF_ERROR(
      ForEachMonth(stores.store(), fleet, source, [&](Month month, std::string_view row) {
        Holdings::OfMonth& of_month = holdings.months.emplace_back();
        of_month.month = month;
        return storage::DecodePeaks(row, of_month.peaks);
      }));
  return holdings;
}

}  // namespace rollcall::ingest
