// Writes the head of an answer. Owned and called by the front's loop thread.
#pragma once

#include <chrono>
#include <string>

#include "http/server/message.h"

namespace rollcall::http {

// How the connection goes on, as the answer's head tells the peer.
enum class ConnectionNotice { kNone, kClose, kKeepAlive };

// How the peer knows where the body ends.
enum class BodyEnd { kLength, kChunked, kClose };

class ResponseWriter {
 public:
  // Appends status line and headers with the empty line to `out`. Headers that are the front's own
  // (Content-Length, Transfer-Encoding, Connection, Date) or that would break the head (a name that
  // is no token, a control byte in the value) are left out; a status that is none (outside
  // 200..599) becomes 500. Content-Length is the body's even where the body does not go out, as for
  // HEAD; none with 204 and 304, nor where the end shows otherwise.
  void WriteHead(const HttpResponse& response, ConnectionNotice notice, std::string& out,
                 BodyEnd end = BodyEnd::kLength);

  // False where an answer of that status has no body.
  static bool StatusHasBody(int status) { return status != 204 && status != 304; }

 private:
  void WriteDate(std::string& out);

  std::chrono::sys_seconds date_at_{std::chrono::seconds(-1)};
  std::string date_;  // the header line for date_at_
};

}  // namespace rollcall::http
