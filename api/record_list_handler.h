// The handlers of single records, at the private listener: GET. Any thread.
//
//   /api/v1/records/list    the newest that pass a filter: {"records":[…],"next":N,"ended_early":B}
//   /api/v1/records/record  id=N: one of them
//
// The filter is classification (with a star at its end: a beginning), severity, build, machine_id,
// system_name, external=yes|no, captured_from and captured_to (days, both inclusive, UTC), payload
// and not_payload (RE2). The next page is the one with from_id=N of `next`, which is null at the
// end. limit=50, at most 1,000, of CSV 10,000. brief=yes cuts payloads to 200 bytes.
//
// With format=csv the columns are those of the old server's export, each cell in quotes and exactly
// as it is, so that `rollcall import --records` takes it; where there are more records than that, a
// Link header names the next page.
#pragma once

#include "http/server/api_request.h"
#include "records/record_views.h"

namespace rollcall::api {

// 400: a parameter is wrong; 503: the store cannot be read. `views` must outlive the handlers.
http::ApiHandler RecordListHandler(records::RecordViews& views);
// 404: there is no such record.
http::ApiHandler RecordDetailsHandler(records::RecordViews& views);

}  // namespace rollcall::api
