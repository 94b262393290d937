// An answer's body that is too large for memory: each piece is made once the peer has taken the one
// before. Owned by the answer, then by the connection that sends it. Used by one thread at a time,
// not always the same one.
#pragma once

#include <string>

#include "base/status.h"

namespace rollcall::http {

class BodyStream {
 public:
  virtual ~BodyStream() = default;

  // Sets `out`, which is empty, to the next piece. Returns true where more may follow (the piece
  // may be empty even then), false where this was the last. Must be bounded in time and size,
  // because other streams wait for the same thread. On failure the body is cut off without its
  // proper end, so that the peer can tell.
  virtual Result<bool> Next(std::string& out) = 0;
};

}  // namespace rollcall::http
