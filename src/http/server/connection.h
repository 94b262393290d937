// One connection as the loop sees it, and the table of all of them. Owned by the front's loop; its
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

namespace rollcall::http {

// A request whose head is complete and whose body is coming in.
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
  std::shared_ptr<BodyPipe> pipe;  // where parts of the body go; the request went before them
  uint64_t handed_on_bytes = 0;    // of the body, in the pipe

  bool streams() const { return std::holds_alternative<StreamedBody>(route.body); }
  uint64_t missing() const { return framing.content_length - handed_on_bytes - body.size(); }
};

// What the peer has not taken yet of an answer.
struct Output {
  std::string head;
  std::string body;
  size_t sent = 0;      // of both, one after the other
  BudgetCharge charge;  // of the body, where it was charged before it was made
  size_t size() const { return head.size() + body.size(); }
};

enum class ConnectionState : uint8_t {
  kFree,       // no connection
  kHead,       // waits for a request's head, or for the rest of it
  kBody,       // waits for the rest of the body
  kHandedOn,   // a part of the body waits for its worker; nothing is read
  kWorking,    // the request is a worker's; nothing is read
  kStreaming,  // the next piece of the answer is a worker's to make; nothing is read
  kWriting,    // the peer is slow to take the answer
  kLingering,  // the answer went out; what the peer still sends is thrown away until it has read it
};

// How a connection goes on when its answer is out.
enum class AfterAnswer : uint8_t {
  kKeep,
  kClose,
  kLinger,  // close, but first let the peer read: it may still be sending, and a reset would
            // destroy the answer on its way
};

// While idle this is all there is: the pointers are null and the string is empty.
struct Connection {
  uint64_t id = 0;  // of this use of the slot; an id is never used again
  int fd = -1;
  ConnectionState state = ConnectionState::kFree;
  Listener listener = Listener::kPublic;
  AfterAnswer after = AfterAnswer::kKeep;
  CloseReason reason = CloseReason::kAnswered;  // what a close after the answer is counted as
  bool keep_alive = false;                      // the request allows it
  bool http_1_0 = false;
  bool for_any_site = false;  // the request's route is
  bool head_only = false;     // the request was a HEAD
  bool may_read = false;      // the kernel may have bytes of which it will not tell again
  bool peer_ended = false;  // the peer has closed its side, or will have once what is there is read
  DeadlineHook deadline;
  HeadScanner scanner;
  std::string held;  // received and not consumed: the beginning of a head, or requests to come
  size_t charged_bytes = 0;  // for `held`, and for what of `output` has no charge of its own
  size_t lingered_bytes = 0;
  std::unique_ptr<Exchange> exchange;
  std::unique_ptr<Output> output;
  std::shared_ptr<BodyStream> stream;  // what is still to come of the answer
  std::shared_ptr<Ticket> ticket;      // of the request that is a worker's
  PeerTable::Peer* peer = nullptr;
};
static_assert(sizeof(Connection) <= 200, "ten thousands of these wait");

class ConnectionTable {
 public:
  // A connection in state kFree whose id is set; its address is stable until Remove.
  Connection& Add();
  // Empties the slot. Deadline, budget and descriptor are the caller's to see to first.
  void Remove(Connection& connection);
  // Null where that connection is gone.
  Connection* Find(uint64_t id);
  size_t size() const { return slots_.size() - free_.size(); }

  // Calls for each connection, which `visit` may remove.
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
