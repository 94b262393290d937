// The front's metrics. Owned by the front's loop; its thread only. The instruments belong to
// the registry.
#pragma once

#include "base/named_enum.h"
#include "http/server/lanes.h"
#include "http/server/message.h"
#include "metrics/registry.h"

namespace rollcall::http {

// Why a connection ended.
#define ROLLCALL_CLOSE_REASONS(ROW)                                                   \
  ROW(kPeer, "peer")           /* the peer closed it */                               \
  ROW(kReset, "reset")         /* the peer, or the network, broke it */               \
  ROW(kAnswered, "answered")   /* the request asked for the close, or was HTTP/1.0 */ \
  ROW(kRejected, "rejected")   /* after an answer of the front's own */               \
  ROW(kHandshake, "handshake") /* the TLS handshake failed, or a PROXY header */      \
  ROW(kDeadlineHandshake, "deadline_handshake") /* neither came to an end in time */  \
  ROW(kDeadlineHeader, "deadline_header")       /* the head did not arrive in time */ \
  ROW(kDeadlineBody, "deadline_body")           /* the body did not arrive in time */ \
  ROW(kIdle, "idle")                                                                  \
  ROW(kSlowReader, "slow_reader") /* the answer was not taken in time */              \
  ROW(kEvicted, "evicted")        /* the longest idle, closed for a new one */        \
  ROW(kShutdown, "shutdown")

ROLLCALL_NAMED_ENUM(CloseReason, ROLLCALL_CLOSE_REASONS);

// Why the front itself answered a request or refused a connection; behind each, the statuses.
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
  EnumArray<Listener, metrics::Counter*> handshakes;
  EnumArray<Lane, metrics::Gauge*> queue_length;
  EnumArray<CloseReason, metrics::Counter*> closed;
  EnumArray<RejectReason, metrics::Counter*> rejected;
  metrics::Gauge* buffered_bytes = nullptr;
};

}  // namespace rollcall::http
