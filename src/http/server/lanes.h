// The lanes: kinds of work, each with a bounded queue and threads of its own, so that no query
// delays a report. What a lane may take is in FrontOptions.
#pragma once

#include "base/named_enum.h"

namespace rollcall::http {

#define ROLLCALL_LANES(ROW)                                                 \
  ROW(kIngest, "ingest")                                                    \
  ROW(kQuery, "query")                                                      \
  ROW(kImport, "import")                                                    \
  /* Queries that wait for another server: they take as long as it does. */ \
  ROW(kUpstream, "upstream")                                                \
  /* The front's own: makes the next piece of a streamed answer. */         \
  ROW(kStream, "stream")

ROLLCALL_NAMED_ENUM(Lane, ROLLCALL_LANES);

}  // namespace rollcall::http
