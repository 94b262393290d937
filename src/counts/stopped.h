// The end of work for which nobody waits any more.
#pragma once

#include <stop_token>

#include "base/status.h"

namespace rollcall::counts {

// Unavailable once a stop was requested. To be asked now and then by work that may take long.
inline Status StatusOf(const std::stop_token& stop) {
  return stop.stop_requested() ? Status::Unavailable("stopped: nobody waits for it any more")
                               : Status::Ok();
}

}  // namespace rollcall::counts
