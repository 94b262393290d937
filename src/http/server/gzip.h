// Puts an answer's body into `Content-Encoding: gzip`. Pure; any thread.
#pragma once

#include "http/server/message.h"

namespace rollcall::http {

// Where the body is text, JSON or the like of 1 KiB and more, has no coding yet and the client
// takes gzip. Vary tells caches of every such body, packed or not. Where zlib has no memory the
// body stays as it is.
void CompressFor(const HttpRequest& request, HttpResponse& response);

}  // namespace rollcall::http
