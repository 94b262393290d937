// What a view is made of: the records of one moment. A plain value; any thread, for as long as the
// records live.
#pragma once

#include <stop_token>

#include "base/status.h"
#include "storage/record_scan.h"

namespace rollcall::records {

struct Source {
  const storage::Records& records;
  storage::RecordsView view;
  // Stops the making of a view, which is then Unavailable.
  std::stop_token stop = {};

  storage::RecordScan Scan() const { return {records, view}; }
};

// Returns make(source) of the records that there are now. Retention may drop files under it, so
// that it fails: then it is made again, of those that are left. It returns a Result.
template <typename Make>
auto OfRecordsNow(const storage::Records& records, const std::stop_token& stop, Make make) {
  for (;;) {
    const RecordId first = records.first();
    auto made = make(Source{records, records.View(), stop});
    if (made.ok() || records.first() == first) return made;
  }
}

// Goes to the scan's next block. Returns false at the end, and with `status` set where it stops.
inline bool NextBlock(const Source& source, storage::RecordScan& scan, Status& status) {
  if (source.stop.stop_requested()) {
    status = Status::Unavailable("stopped");
    return false;
  }
  return scan.NextBlock();
}

// Sets `column` to that of the scan's block. Fails as RecordScan::Column.
inline Status Load(const storage::RecordScan& scan, storage::RecordColumn which,
                   storage::ColumnView& column) {
  Result<storage::ColumnView> read = scan.Column(which);
  if (!read.ok()) return read.status();
  column = *std::move(read);
  return Status::Ok();
}

}  // namespace rollcall::records
