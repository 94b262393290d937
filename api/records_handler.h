// GET /api/records, at the private listener: records as the old server's API gave them out, newest
// first. See api/README.md, "Records". Any thread.
#pragma once

#include "base/clock.h"
#include "http/server/api_request.h"
#include "storage/records.h"

namespace rollcall::api {

// Both inclusive.
inline constexpr size_t kDefaultRecords = 1'000;
inline constexpr size_t kMaxRecords = 10'000;

// 200: {"records":[…]}, or a record a line where `application/x-ndjson` is asked for; 400: a
// parameter is wrong, {"message":"…"}; 503: the store cannot be read. Both must outlive the
// handler.
http::ApiHandler RecordsHandler(const storage::Records& records, const Clock& clock);

}  // namespace rollcall::api
