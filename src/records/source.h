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
