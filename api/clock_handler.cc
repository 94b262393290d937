#include "api/clock_handler.h"

#include "base/log.h"

namespace rollcall::api {

http::ApiHandler ClockHandler(storage::StoreTime& time, const Clock& clock) {
  return [&](const http::ApiRequest&, http::HttpResponse& response) {
    time.Follow(clock.NowMilliseconds());
    response = http::HttpResponse::Text(200, time.view().Explain());
  };
}

http::ApiHandler AcceptClockHandler(storage::StoreTime& time, const Clock& clock) {
  return [&](const http::ApiRequest&, http::HttpResponse& response) {
    if (const Status accepted = time.Accept(clock.Now()); !accepted.ok()) {
      response = http::HttpResponse::Text(409, accepted.message());
      return;
    }
    const Status kept = time.Persist();
    if (!kept.ok()) log::Error("accept the clock: {}", kept.message());
    response = kept.ok() ? http::HttpResponse::Text(200, time.view().Explain())
                         : http::HttpResponse::Text(503, "the store cannot be written");
  };
}

}  // namespace rollcall::api
