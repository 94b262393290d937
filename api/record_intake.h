// The intake of records: clients of the older generations post a record as headers and a payload,
// the newer ones as one JSON object. See api/README.md, "Records". Any thread.
#pragma once

#include <string>
#include <vector>

#include "http/server/route.h"
#include "records/record_writer.h"

namespace rollcall::api {

struct RecordIntake {
  records::RecordWriter& writer;
  std::vector<std::string> telemetry_ids;  // those that are taken
};

// Returns whether a request says by a header that it is a record.
bool IsRecord(const http::HttpRequest& head);

// 201 and the record as JSON: it is stored, durably; 400: it breaks a rule; 503: it cannot be
// stored now. What is refused says why as {"message":"…"}. `intake` must outlive the handlers.
http::Route::Handler RecordHandler(const RecordIntake& intake);
// The same for one JSON object. 413: its payload is too large.
http::Route::Handler RecordJsonHandler(const RecordIntake& intake);

}  // namespace rollcall::api
