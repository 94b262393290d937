// The state of one connection, and the table of all connections. Owned by the front's loop; its
// thread only.
#pragma once

#include <cstdint>
#include <deque>
#include <memory>
#include <string>
#include <vector>

#include "http/server/body_buffer.h"
#include "http/server/chunked.h"
#include "http/server/deadlines.h"
#include "http/server/front.h"
#include "http/server/front_metrics.h"
#include "http/server/head.h"
#include "http/server/mailbox.h"
#include "http/server/message.h"
#include "http/server/peers.h"
#include "http/server/route.h"
#include "http/server/tls_session.h"

namespace rollcall::http {

// A request whose head is complete and whose body is arriving.
struct Exchange {
  Exchange(std::shared_ptr<BufferBudget> budget, const Route& of, size_t body_cap_bytes,
           size_t max_overhead_bytes)
      : route(of),
        body(std::move(budget), body_cap_bytes),
        chunks(max_overhead_bytes),
        max_body_bytes(body_cap_bytes) {}
  ~Exchange() {
    if (pipe != nullptr) pipe->Abort();
  }
  Exchange(const Exchange&) = delete;
  Exchange& operator=(const Exchange&) = delete;

  const Route& route;
  HttpRequest request;
  Framing framing;
  BodyBuffer body;
  ChunkedDecoder chunks;
  const size_t max_body_bytes;
  std::shared_ptr<BodyPipe> pipe;  // takes the body's parts; null until there is one
  uint64_t handed_on_bytes = 0;    // of the body, put into the pipe so far

  bool streams() const { return std::holds_alternative<StreamedBody>(route.body); }
  uint64_t missing() const { return framing.content_length - handed_on_bytes - body.size(); }
};

// An answer that the peer has not taken completely.
struct Output {
  std::string head;
  std::string body;
  size_t sent = 0;      // of head and body together
  BudgetCharge charge;  // for the body, where it was charged before it was made
  size_t size() const { return head.size() + body.size(); }
};

enum class ConnectionState : uint8_t {
  kFree,       // no connection
  kProxyHead,  // waiting for the PROXY protocol's header
  kHandshake,  // waiting for the rest of the TLS handshake
  kHead,       // waiting for a request's head, or for the rest of it
  kBody,       // waiting for the rest of the body
  kHandedOn,   // a part of the body waits for a worker to take it; nothing is read
  kWorking,    // a worker has the request; nothing is read
  kStreaming,  // a worker makes the answer's next piece; nothing is read
  kWriting,    // waiting for the peer to take the answer
  kLingering,  // the answer is sent; what the peer still sends is discarded until it closes
};

// What happens to a connection once its answer is sent.
enum class AfterAnswer : uint8_t {
  kKeep,
  kClose,
  kLinger,  // close, but first let the peer read: it may still be sending, and a reset would
            // destroy the answer in transit
};

// All that an idle connection costs: its pointers are then null and the string is empty.
struct Connection {
  uint64_t id = 0;  // of this connection, not of its slot; never used again
  int fd = -1;
  ConnectionState state = ConnectionState::kFree;
  Listener listener = Listener::kPublic;
  AfterAnswer after = AfterAnswer::kKeep;
  CloseReason reason = CloseReason::kAnswered;  // how a close after the answer is counted
  bool keep_alive = false;                      // the request allows another one after it
  bool http_1_0 = false;
  bool for_any_site = false;   // Route::for_any_site of the request's route
  bool head_only = false;      // the request was a HEAD
  bool may_read = false;       // unread bytes may be waiting: epoll does not report them again
  bool peer_ended = false;     // the peer has sent its last byte; some may still be unread
  bool from_proxy = false;     // the peer is a trusted proxy, whose headers say who sends
  bool in_handshakes = false;  // waits in FrontLoop::handshakes_ for its turn
  DeadlineHook deadline;
  HeadScanner scanner;
  std::string held;  // received and not yet consumed: the beginning of a head, or further requests
  size_t charged_bytes = 0;  // for `held`, and for the part of `output` without a charge of its own
  size_t lingered_bytes = 0;
  std::unique_ptr<Exchange> exchange;
  std::unique_ptr<Output> output;
  std::shared_ptr<BodyStream> stream;  // makes the rest of a streamed answer, else null
  std::shared_ptr<Ticket> ticket;      // of the request that a worker has
  PeerTable::Peer* peer = nullptr;
  std::unique_ptr<TlsSession> tls;  // null: plain, or the handshake has not begun
};
static_assert(sizeof(Connection) <= 208, "ten thousands of these wait");

class ConnectionTable {
 public:
  // Returns a connection in state kFree with a new id; its address is stable until Remove.
  Connection& Add();
  // Empties the slot. The caller must first have disarmed the deadline, returned the budget and
  // closed the descriptor.
  void Remove(Connection& connection);
  // Returns the connection with that id; null where it is gone.
  Connection* Find(uint64_t id);
  size_t size() const { return slots_.size() - free_.size(); }

  // Calls `visit` for each connection that is not kFree; `visit` may remove it.
  template <typename Visit>
  void ForEach(Visit visit) {
    for (Connection& connection : slots_) {
      if (connection.state != ConnectionState::kFree) {
        visit(connection);
      }
    }
  }

 private:
  std::deque<Connection> slots_;
  std::vector<uint32_t> free_;
  uint64_t next_use_ = 1;
};

}  // namespace rollcall::http
