// Compression of an answer's body (`Content-Encoding: gzip`). Pure function; any thread.
#pragma once

#include "http/server/message.h"

namespace rollcall::http {

// Compresses the body where it is text, JSON or the like of 1 KiB or more or a stream, has no
// Content-Encoding yet, and the client accepts gzip. Adds `Vary: Accept-Encoding` to every such
// answer, compressed or not, for the sake of caches. Leaves the body as it is where zlib runs out
// of memory.
void CompressFor(const HttpRequest& request, HttpResponse& response);

}  // namespace rollcall::http
