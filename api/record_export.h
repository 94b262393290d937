// The export of records: all that are stored, oldest first, a JSON object a line, as an import
// takes them. Owned by the answer or the command; one thread.
#pragma once

#include <string>

#include "http/server/body_stream.h"
#include "storage/records.h"

namespace rollcall::api {

class RecordExport final : public http::BodyStream {
 public:
  // Of the records that there are now. `records` must outlive it.
  explicit RecordExport(const storage::Records& records);

  // DataLoss, Unavailable: as reads of the store.
  Result<bool> Next(std::string& out) override;

 private:
  const storage::Records& records_;
  const storage::Snapshot snapshot_;
  storage::Scan rows_;
};

}  // namespace rollcall::api
