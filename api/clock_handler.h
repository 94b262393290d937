// The handlers of the private listener that explain the store's own time and let a person confirm
// that the clock is right. Both answer with a sentence.
#pragma once

#include "base/clock.h"
#include "http/server/api_request.h"
#include "storage/store_time.h"

namespace rollcall::api {

// GET: explains how the store's time and the clock relate. `time` and `clock` must outlive the
// handlers. Any thread.
http::ApiHandler ClockHandler(storage::StoreTime& time, const Clock& clock);
// POST: accepts the clock's time as the store's. 409: the store refuses it; 503: it cannot
// be written.
http::ApiHandler AcceptClockHandler(storage::StoreTime& time, const Clock& clock);

}  // namespace rollcall::api
