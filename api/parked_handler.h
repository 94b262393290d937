// The handler of GET /api/v1/outbox/parked: the reports that the receiver refused, oldest first,
// and why. Any thread.
//
//   {"parked":[{"number":7,"received_at":"2026-03-07T12:00:05Z","parked_at":"2026-03-07T12:00:06Z",
//               "fleet":"cozystack","source":"c1","status":400,"reason":"HTTP 400: ...",
//               "bytes":812}],
//    "reports":1,"bytes":820}
//
// An answer lists at most 1,000 reports; `?after=NUMBER` lists those after that one. `reports` and
// `bytes` are the totals of all parked reports.
#pragma once

#include "fleets/catalog.h"
#include "http/server/api_request.h"
#include "storage/outbox.h"

namespace rollcall::api {

// Answers 400 where `after` is not a number, 503 where the store cannot be read. `outbox` must
// outlive the handler.
http::ApiHandler ParkedHandler(const fleets::Catalog& catalog, const storage::Outbox& outbox);

}  // namespace rollcall::api
