// The store's own time, and a person's word that the clock is right: GET and POST on the private
// listener, a sentence as an answer.
#pragma once

#include "base/clock.h"
#include "http/server/api_request.h"
#include "storage/store_time.h"

namespace rollcall::api {

// Both outlive the handlers. Thread-safe.
http::ApiHandler ClockHandler(storage::StoreTime& time, const Clock& clock);
http::ApiHandler AcceptClockHandler(storage::StoreTime& time, const Clock& clock);

}  // namespace rollcall::api
