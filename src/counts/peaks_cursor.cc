#include "counts/peaks_cursor.h"

#include <algorithm>

namespace rollcall::counts {

Status PeaksCursor::MonthRows::Read() {
  source = kNone;
  if (!scan.Valid()) return scan.status();
  const auto key = storage::DecodePeaksKey(scan.key());
  if (!key) return Status::DataLoss("decode peaks key: not a key");
  source = key->source.value;
  return Status::Ok();
}

Result<PeaksCursor> PeaksCursor::Open(const storage::Store& store, const storage::WindowKey& last,
                                      int months, const SourceRange& sources,
                                      const storage::Snapshot& snapshot) {
  PeaksCursor cursor;
  for (int back = 0; back < months; ++back) {
    if (last.last.number < static_cast<uint32_t>(back)) break;
    const Month month = last.last.Plus(-back);
    const std::string begin = EncodeKey(storage::PeaksKey{month, last.fleet, sources.first});
    std::string end = EncodeKey(storage::PeaksKey{month, last.fleet, sources.last});
    end += '\0';  // the last source's row too
    MonthRows rows{store.NewScan(storage::Table::kPeaks, begin, std::move(end), &snapshot), back};
    ROLLCALL_RETURN_IF_ERROR(rows.Read());
    if (rows.source != kNone) cursor.months_.push_back(std::move(rows));
  }
  cursor.Gather();
  return cursor;
}

void PeaksCursor::Gather() {
  source_ = {kNone};
  for (const MonthRows& month : months_) source_.value = std::min(source_.value, month.source);
  rows_.clear();
  if (!Valid()) return;
  for (const MonthRows& month : months_) {
    if (month.source == source_.value) rows_.push_back({month.back, month.scan.value()});
  }
}

Status PeaksCursor::Next() {
  for (MonthRows& month : months_) {
    if (month.source != source_.value) continue;
    month.scan.Next();
    ROLLCALL_RETURN_IF_ERROR(month.Read());
  }
  Gather();
  return Status::Ok();
}

}  // namespace rollcall::counts
