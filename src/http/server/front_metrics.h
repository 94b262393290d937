// What the front says of itself. Owned by the front; the instruments are the registry's.
#pragma once

#include "base/named_enum.h"
#include "http/server/lanes.h"
#include "http/server/message.h"
#include "metrics/registry.h"

namespace rollcall::http {

// Why a connection ended.
#define ROLLCALL_CLOSE_REASONS(ROW)                                                              \
  ROW(kPeer, "peer")                      /* the peer closed it */                               \
  ROW(kReset, "reset")                    /* the peer, or the network, broke it */               \
  ROW(kAnswered, "answered")              /* the request asked for the close, or was HTTP/1.0 */ \
  ROW(kRejected, "rejected")              /* after an answer of the front's own */               \
  ROW(kDeadlineHeader, "deadline_header") /* the head did not come in time */                    \
  ROW(kDeadlineBody, "deadline_body")     /* nor the body */                                     \
  ROW(kIdle, "idle")                                                                             \
  ROW(kSlowReader, "slow_reader") /* the answer was not taken in time */                         \
  ROW(kEvicted, "evicted")        /* it had been idle longest when a new one came */             \
  ROW(kShutdown, "shutdown")

ROLLCALL_NAMED_ENUM(CloseReason, ROLLCALL_CLOSE_REASONS);

// Why the front answered a request, or a connection, by itself.
#define ROLLCALL_REJECT_REASONS(ROW)                    \
  ROW(kMalformed, "malformed")      /* 400, 501, 505 */ \
  ROW(kHeaderLimit, "header_limit") /* 414, 431 */      \
  ROW(kBodyLimit, "body_limit")     /* 413 */           \
  ROW(kExpectation, "expectation")  /* 417 */           \
  ROW(kCoding, "coding")            /* 415 */           \
  ROW(kTimeout, "timeout")          /* 408 */           \
  ROW(kLaneFull, "lane_full")       /* 503 */           \
  ROW(kBuffersFull, "buffers_full") /* 503 */           \
  ROW(kForeign, "foreign")          /* 403 */           \
  ROW(kConnections, "connections")  /* 503 */

ROLLCALL_NAMED_ENUM(RejectReason, ROLLCALL_REJECT_REASONS);

struct FrontMetrics {
  explicit FrontMetrics(metrics::Registry& registry);

  void Closed(CloseReason reason) { closed[reason]->Add(); }
  void Rejected(RejectReason reason) { rejected[reason]->Add(); }

  EnumArray<Listener, metrics::Gauge*> connections;
  EnumArray<Listener, metrics::Counter*> accepted;
  EnumArray<Lane, metrics::Gauge*> queue_length;
  EnumArray<CloseReason, metrics::Counter*> closed;
  EnumArray<RejectReason, metrics::Counter*> rejected;
  metrics::Gauge* buffered_bytes = nullptr;
};

}  // namespace rollcall::http
