// A body that is too large for memory: made piece by piece while the peer takes it. Owned by the
// answer, then by the connection that sends it; one thread at a time uses it, not always the same.
#pragma once

#include <string>

#include "base/status.h"

namespace rollcall::http {

class BodyStream {
 public:
  virtual ~BodyStream() = default;

  // Puts the next piece into `out`, which is empty. True: there is more, though the piece may be
  // empty; false: this was the last. Bounded in time and size, for others wait for the same thread.
  // A failure ends the body so that the peer can tell: without its end.
  virtual Result<bool> Next(std::string& out) = 0;
};

}  // namespace rollcall::http
