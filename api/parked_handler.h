// GET /api/v1/outbox/parked: the reports that the receiver refused, oldest first, and why.
//
//   {"parked":[{"number":7,"received_at":"2026-03-07T12:00:05Z","parked_at":"2026-03-07T12:00:06Z",
//               "fleet":"cozystack","source":"c1","status":400,"reason":"HTTP 400:
//               ...","bytes":812}],
//    "reports":1,"bytes":820}
//
// At most 1,000 in one answer; `?after=NUMBER` gives those behind that one. Beside them stands how
// many there are in all, and the bytes that they take.
#pragma once

#include "http/server/api_request.h"
#include "storage/outbox.h"

namespace rollcall::api {

// `outbox` outlives the handler. 400: `after` is no number; 503: the store cannot be read.
http::ApiHandler ParkedHandler(const storage::Outbox& outbox);

}  // namespace rollcall::api
