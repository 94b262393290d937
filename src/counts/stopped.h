// A stop token as a status: how long work notices that nobody waits for it any more.
#pragma once

#include <stop_token>

#include "base/status.h"

namespace rollcall::counts {

// Returns Unavailable once a stop was requested. Work that may take long calls it now and then.
inline Status StatusOf(const std::stop_token& stop) {
  return stop.stop_requested() ? Status::Unavailable("stopped: nobody waits for it any more")
                               : Status::Ok();
}

}  // namespace rollcall::counts
