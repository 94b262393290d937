// The records of some classes that were captured within a time, block by block, by columns alone.
// Used by the functions that make views of crashes and of machine checks; one thread.
#pragma once

#include "base/clock.h"
#include "base/status.h"
#include "records/source.h"
#include "records/word_texts.h"

namespace rollcall::records {

inline UnixSeconds CaptureAt(const storage::ColumnView& captures, size_t slot) {
  return UnixSeconds(std::chrono::seconds(captures[slot]));
}

// Calls visit(scan, slots, captures, classifications) where the scan's block has records of these
// classes that were captured from `from` to `to`, both inclusive; `slots` are theirs. DataLoss,
// Unavailable: as reads of the store, or what visit returns.
template <typename Visit>
Status VisitCaptured(const storage::RecordScan& scan, WordTest& classes, UnixSeconds from,
                     UnixSeconds to, Visit visit) {
  using storage::RecordColumn;
  if (scan.head().last_capture < from || scan.head().first_capture > to) return Status::Ok();
  storage::BlockBits slots = scan.present();
  storage::ColumnView words;
  ROLLCALL_RETURN_IF_ERROR(Load(scan, RecordColumn::kClassification, words));
  ROLLCALL_RETURN_IF_ERROR(classes.Keep(words, slots));
  if (!slots.Any()) return Status::Ok();
  storage::ColumnView captures;
  ROLLCALL_RETURN_IF_ERROR(Load(scan, RecordColumn::kCapture, captures));
  storage::BlockBits in_time = slots;
  slots.ForEach([&](size_t slot) {
    const UnixSeconds capture = CaptureAt(captures, slot);
    if (capture < from || capture > to) in_time.Remove(slot);
  });
  return in_time.Any() ? visit(scan, in_time, captures, words) : Status::Ok();
}

// The same for all blocks.
template <typename Visit>
Status ForEachCapturedBlock(const Source& source, WordTest& classes, UnixSeconds from,
                            UnixSeconds to, Visit visit) {
  Status status;
  storage::RecordScan scan = source.Scan();
  while (NextBlock(source, scan, status)) {
    ROLLCALL_RETURN_IF_ERROR(VisitCaptured(scan, classes, from, to, visit));
  }
  return status;
}

}  // namespace rollcall::records
