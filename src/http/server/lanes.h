// The lanes: kinds of work, each with a bounded queue and threads of its own, so that no query
// delays a report. What a lane may take is in FrontOptions.
#pragma once

#include "base/named_enum.h"

namespace rollcall::http {

#define ROLLCALL_LANES(ROW)                                                         \
  ROW(kIngest, "ingest")                                                            \
  /* Reports that are large, also once inflated: others do not wait behind them. */ \
  ROW(kBulk, "bulk")                                                                \
  ROW(kQuery, "query")                                                              \
  ROW(kImport, "import")                                                            \
  /* Queries that wait for another server: they take as long as it does. */         \
  ROW(kUpstream, "upstream")                                                        \
  /* Health, readiness and metrics: they answer whatever else is full. */           \
  ROW(kProbe, "probe")                                                              \
  /* The front's own: makes the next piece of a streamed answer. */                 \
  ROW(kStream, "stream")

ROLLCALL_NAMED_ENUM(Lane, ROLLCALL_LANES);

// Whether a lane's work is of use to nobody but who waits for the answer. Reports, large ones and
// imports are stored all the same.
constexpr bool IsForItsAnswer(Lane lane) {
  return lane != Lane::kIngest && lane != Lane::kBulk && lane != Lane::kImport;
}

}  // namespace rollcall::http
