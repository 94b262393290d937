// The front: one epoll loop that owns every connection of both listeners. An idle connection costs
// a file descriptor and a small struct, never a thread. Only a complete request leaves it.
//
// What it does before that: caps on the head and the body, refusal of what is ambiguous (request
// smuggling), de-chunking and inflating under the body's cap, `Expect: 100-continue`, absolute
// deadlines. An answer may be a stream (body_stream.h): its next piece is made when the peer
// has taken the one before, so a slow reader holds one piece and no thread. src/README.md, "One
// report"; RFC 9112 for the wire.
#pragma once

#include <chrono>
#include <cstddef>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "base/status.h"
#include "http/server/message.h"
#include "http/server/route.h"
#include "metrics/registry.h"

namespace rollcall::http {

struct FrontOptions {
  std::string public_address =
      ":8081";  // "host:port", ":port" or "[v6]:port"; port 0: any free one
  std::string private_address = "127.0.0.1:8082";  // empty: no private listener

  // Bounds are inclusive: exactly this much is still taken.
  size_t max_header_bytes = 32 * 1024;  // request line and headers together; over it: 431
  size_t max_header_count = 100;        // over it: 431
  size_t max_target_bytes = 8 * 1024;   // over it: 414
  // Over it the connection that has been idle longest is closed; where none is idle the new one
  // gets 503. Each takes a descriptor: the process's limit must allow for them.
  size_t max_connections = 20'000;
  // Of those, of one IPv4 address or IPv6 /64 at each listener; over it a new connection takes the
  // place of an idle one of the same peer, or gets 503. 0: as many as there are.
  size_t max_peer_connections = 5'000;
  // Of those, kept for the private listener; at most a quarter of all.
  size_t private_connections = 100;
  // Names by which the private listener may be asked, beside its own address and loopback: a list
  // with commas.
  std::string private_hosts;
  // Unfinished heads, bodies until their answer, and answers from before they are made until they
  // are taken, of all connections; a request that would pass it gets 503.
  size_t max_buffered_bytes = 256 * 1024 * 1024;

  // Absolute: a sender that drips a byte at a time does not move them.
  std::chrono::milliseconds header_timeout{
      10'000};                                     // first byte of a request to the end of its head
  std::chrono::milliseconds body_timeout{60'000};  // end of the head to the end of the body
  std::chrono::milliseconds idle_timeout{300'000};  // between requests
  // An answer to be taken off our hands; of a streamed one, each piece.
  std::chrono::milliseconds write_timeout{30'000};
  std::chrono::milliseconds stall_timeout{60'000};  // of a body that streams: without a byte of it
  // How long work goes on for a peer that has closed its side and awaits an answer to a query: who
  // only ended sending reads it still.
  std::chrono::milliseconds hangup_timeout{5'000};
  // After an answer that leaves bytes of the request unread: how long they are taken and thrown
  // away, so that the peer reads the answer and no reset.
  std::chrono::milliseconds linger_timeout{2'000};

  size_t ingest_threads = 2;
  size_t query_threads = 4;  // and as many for queries that wait for another server
  size_t ingest_queue =
      20'000;  // requests that wait or are being worked on; over it: 503 with Retry-After
  size_t query_queue = 256;  // and as many of those
  // A report that is larger than this, also once inflated, is one of the bulk lane, so that none
  // waits behind it.
  size_t bulk_body_bytes = 128 * 1024;
  size_t bulk_queue = 16;   // one is worked on at a time; over it: 503 with Retry-After
  size_t probe_queue = 64;  // health, readiness and metrics; over it: 503
  // One at a time; over it: 503, before the body is read.
  size_t import_queue = 4;

  // Streamed answers at a time; over it: 503. Each holds a piece in memory, and a thread only while
  // one is made.
  size_t max_streams = 8;

  // Of a body that streams: how much is handed on at once. A smaller one is handed on whole.
  size_t upload_part_bytes = 1024 * 1024;
};

class HttpFront {
 public:
  // `judge` runs on the loop's thread for each request's head (body empty): quick, no blocking.
  using Judge = std::function<HeadVerdict(const HttpRequest& head)>;
  // Binds both listeners and starts the threads. FailedPrecondition: an address cannot be parsed or
  // bound ("listen on 127.0.0.1:8081: Address already in use"). `registry` outlives the front; the
  // rows that `judge` gives outlive the answers to their requests.
  static Result<std::unique_ptr<HttpFront>> Start(const FrontOptions& options, Judge judge,
                                                  metrics::Registry& registry);

  // As Stop with a grace of 0.
  ~HttpFront();
  HttpFront(const HttpFront&) = delete;
  HttpFront& operator=(const HttpFront&) = delete;

  // Stops listening, closes idle connections, finishes requests whose head is complete and answers
  // what is being worked on; closes what is left after `grace`. Returns when all threads ended.
  // Call once. Answers that Responders give later go nowhere.
  void Stop(std::chrono::milliseconds grace);

  // The port in use (of interest where the option said 0); 0 where there is no private listener.
  int public_port() const;
  int private_port() const;

 private:
  class Impl;
  explicit HttpFront(std::unique_ptr<Impl> impl);
  std::unique_ptr<Impl> impl_;
};

}  // namespace rollcall::http
