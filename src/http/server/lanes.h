// The lanes: kinds of work, each with threads and a bounded queue of its own, so that no query
// delays a report. FrontOptions has their sizes.
#pragma once

#include "base/named_enum.h"

namespace rollcall::http {

#define ROLLCALL_LANES(ROW)                                                      \
  ROW(kIngest, "ingest")                                                         \
  /* Reports that are large, as sent or inflated, so that others do not wait. */ \
  ROW(kBulk, "bulk")                                                             \
  ROW(kQuery, "query")                                                           \
  ROW(kImport, "import")                                                         \
  /* Queries that wait for another server: they take as long as it does. */      \
  ROW(kUpstream, "upstream")                                                     \
  /* PromQL: dear, and less urgent than all else. */                             \
  ROW(kPromql, "promql")                                                         \
  /* Health and readiness: answered even when other lanes are full. */           \
  ROW(kProbe, "probe")                                                           \
  /* Metrics, some of which are read from the store: a slow disk delays them. */ \
  ROW(kMetrics, "metrics")                                                       \
  /* Used by the front itself to make the next piece of a streamed answer. */    \
  ROW(kStream, "stream")

ROLLCALL_NAMED_ENUM(Lane, ROLLCALL_LANES);

// Returns whether a lane's work is useless once nobody waits for its answer. Reports of any size
// and imports are worth storing all the same.
constexpr bool IsForItsAnswer(Lane lane) {
  return lane != Lane::kIngest && lane != Lane::kBulk && lane != Lane::kImport;
}

}  // namespace rollcall::http
