// The front: one epoll loop that owns every connection of both listeners. An idle connection costs
// a file descriptor and a small struct, never a thread. Only complete requests reach the
// application; a streamed body alone arrives after its request.
//
// Before that it bounds the head and the body, refuses requests whose end is ambiguous (request
// smuggling), de-chunks and inflates under the body's cap, handles `Expect: 100-continue` and holds
// absolute deadlines. An answer may be a stream (body_stream.h): its next piece is made when the
// peer has taken the one before, so a slow reader holds one piece and no thread. See src/README.md,
// "One report", and RFC 9112 for the wire format.
//
// Owned by whoever starts it, and called from one thread.
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
#include "http/server/tls_certificate.h"
#include "metrics/registry.h"

namespace rollcall::http {

struct FrontOptions {
  std::string public_address =
      ":8081";  // "host:port", ":port" or "[v6]:port"; port 0: any free one
  std::string private_address = "127.0.0.1:8082";  // empty: no private listener
  // Sockets that are listened on already and take the place of these addresses; the front owns them
  // from Start on. -1: there is none.
  int public_socket = -1;
  int private_socket = -1;

  // Where set, the listener speaks TLS and nothing else.
  TlsFiles public_tls;
  TlsFiles private_tls;
  // Networks of proxies that are believed when they say whose requests they pass on, with commas
  // between them: see address.h and forwarded.h. They are not bound by max_peer_connections.
  std::string trusted_proxies;
  // The listeners ("public", "private", "both" or empty) at which connections from those proxies
  // begin with a header of the PROXY protocol. Connections from elsewhere never do.
  std::string proxy_protocol;

  // Bounds are inclusive: exactly this much is still accepted.
  size_t max_header_bytes = 32 * 1024;  // request line and headers together; over it: 431
  size_t max_header_count = 100;        // over it: 431
  size_t max_target_bytes = 8 * 1024;   // over it: 414
  // A connection beyond these takes the place of the one that has been idle longest, or gets 503
  // where none is idle. Each takes a file descriptor; the process's limit must allow for them.
  size_t max_connections = 20'000;
  // How many of max_connections one peer (an IPv4 address or IPv6 /64) may hold at the public
  // listener. A connection beyond these takes the place of an idle one of the same peer, or gets
  // 503. 0: no bound of its own.
  size_t max_peer_connections = 5'000;
  // How many of max_connections are reserved for the private listener, but never more than a
  // quarter of them.
  size_t private_connections = 100;
  // Host names that requests to the private listener may use, separated by commas, besides its own
  // address and loopback.
  std::string private_hosts;
  // Memory of all connections together: for unfinished heads, for bodies until they are answered,
  // and for answers from just before they are made until the peer has taken them. A request that
  // would exceed it gets 503.
  size_t max_buffered_bytes = 256 * 1024 * 1024;

  // The deadlines of a head and of a body are absolute: a sender that drips a byte at a time does
  // not extend them.
  std::chrono::milliseconds header_timeout{
      10'000};                                     // first byte of a request to the end of its head
                                                   // and, before the first, for a TLS handshake
  std::chrono::milliseconds body_timeout{60'000};  // end of the head to the end of the body
  std::chrono::milliseconds idle_timeout{300'000};  // between requests
  // For the peer to take an answer; for each piece of a streamed one.
  std::chrono::milliseconds write_timeout{30'000};
  std::chrono::milliseconds stall_timeout{60'000};  // between two bytes of a streamed body
  // How long work on a query goes on after the peer has closed its side. A peer that has only ended
  // sending still reads the answer.
  std::chrono::milliseconds hangup_timeout{5'000};
  // How long the unread rest of a request is received and discarded after its answer, so that the
  // peer gets to read the answer and not a reset.
  std::chrono::milliseconds linger_timeout{2'000};

  size_t ingest_threads = 2;
  size_t query_threads = 4;   // and as many again for queries that wait for another server
  size_t promql_threads = 2;  // queries in PromQL at once
  size_t ingest_queue =
      20'000;  // requests that wait or are being worked on; over it: 503 with Retry-After
  size_t query_queue = 256;   // and as many again of those that wait for another server
  size_t promql_queue = 128;  // queries in PromQL that wait or are being worked on; over it: 503
  // A report larger than this, as sent or inflated, goes to the bulk lane, so that smaller ones do
  // not wait behind it.
  size_t bulk_body_bytes = 128 * 1024;
  size_t bulk_queue = 16;   // worked on one at a time; over it: 503 with Retry-After
  size_t probe_queue = 64;  // health and readiness, and as many for metrics; over it: 503
  // Imports, worked on one at a time; over it: 503, before the body is read.
  size_t import_queue = 4;

  // Streamed answers at once; over it: 503. Each holds one piece in memory, and a thread only while
  // a piece is made.
  size_t max_streams = 8;

  // The size from which a streamed body is handed on in parts, and of each part. A smaller body is
  // handed on whole.
  size_t upload_part_bytes = 1024 * 1024;
};

class HttpFront {
 public:
  // Decides what happens to a request, by its head (the body is empty). Runs on the loop's thread:
  // must be quick and must not block.
  using Judge = std::function<HeadVerdict(const HttpRequest& head)>;
  // Binds both listeners and starts the threads. FailedPrecondition: an address cannot be parsed or
  // bound ("listen on 127.0.0.1:8081: Address already in use"), or the files of a certificate are
  // bad. InvalidArgument: the trusted proxies are not networks. Unavailable: the system has no
  // thread or descriptor to give. `registry` must outlive the front, and the rows that `judge`
  // returns must outlive the answers to their requests.
  static Result<std::unique_ptr<HttpFront>> Start(const FrontOptions& options, Judge judge,
                                                  metrics::Registry& registry);

  // The same as Stop with a grace of 0.
  ~HttpFront();
  HttpFront(const HttpFront&) = delete;
  HttpFront& operator=(const HttpFront&) = delete;

  // Stops listening, closes idle connections, receives the rest of requests whose head is complete
  // and answers all that were begun; closes what is left after `grace`. Returns when all threads
  // have ended. Answers that Responders give later are dropped. Call once.
  void Stop(std::chrono::milliseconds grace);

  // Returns whether the loop has come round since the last call, and asks it to come round again;
  // the first call returns true. One thread at a time.
  bool IsTurning();
  // Reads the files of certificates again if they have changed; bad ones leave in force what is.
  // Open connections keep what they began with.
  void FollowFiles();

  // Return the port in use, also where the option said 0; 0 for a private listener that does
  // not exist.
  int public_port() const;
  int private_port() const;

 private:
  class Impl;
  explicit HttpFront(std::unique_ptr<Impl> impl);
  std::unique_ptr<Impl> impl_;
};

}  // namespace rollcall::http
