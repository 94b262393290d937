// The writer of an answer's head. Owned by the front's loop; its thread only.
#pragma once

#include <chrono>
#include <string>

#include "http/server/message.h"

namespace rollcall::http {

// What the Connection header tells the peer; kNone: there is none.
enum class ConnectionNotice { kNone, kClose, kKeepAlive };

// How the peer knows where the body ends.
enum class BodyEnd { kLength, kChunked, kClose };

class ResponseWriter {
 public:
  // Appends the status line, the headers and the empty line to `out`. Leaves out headers of the
  // response that only the front may set (Content-Length, Transfer-Encoding, Connection, Date) and
  // those that would break the head (a name that is not a token, a control byte in the value). A
  // status outside 200..599 becomes 500. Content-Length is the size of the body even where the body
  // is not sent, as for HEAD; there is none for 204 and 304, nor where `end` is not kLength.
  void WriteHead(const HttpResponse& response, ConnectionNotice notice, std::string& out,
                 BodyEnd end = BodyEnd::kLength);

  // Returns whether an answer of that status has a body.
  static bool StatusHasBody(int status) { return status != 204 && status != 304; }

 private:
  void WriteDate(std::string& out);

  std::chrono::sys_seconds date_at_{std::chrono::seconds(-1)};
  std::string date_;  // the header line for date_at_
};

}  // namespace rollcall::http
