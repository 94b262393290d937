// The loop behind HttpFront. Owned by the front; everything runs on the loop's one thread. Its
// verbs are spread over files: front_loop.cc waits for events, front_accept.cc accepts connections,
// front_handshake.cc brings them to their first request, front_receive.cc reads requests,
// front_dispatch.cc hands them out as jobs, front_upload.cc hands large bodies on while they
// arrive, front_send.cc writes answers and ends connections, front_stream.cc sends large answers
// piece by piece.
#pragma once

#include <sys/epoll.h>

#include <array>
#include <chrono>
#include <deque>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "http/server/address.h"
#include "http/server/connection.h"
#include "http/server/deadlines.h"
#include "http/server/front.h"
#include "http/server/front_metrics.h"
#include "http/server/lane.h"
#include "http/server/listen.h"
#include "http/server/mailbox.h"
#include "http/server/peers.h"
#include "http/server/private_guard.h"
#include "http/server/response_writer.h"

namespace rollcall::http {

class FrontLoop {
 public:
  struct Door {
    Listener listener = Listener::kPublic;
    ListeningSocket socket;
    const TlsCertificate* tls = nullptr;  // null: plain HTTP
  };

  // `lanes` and `registry` must outlive the loop.
  FrontLoop(const FrontOptions& options, Networks proxies, HttpFront::Judge judge,
            std::vector<Door> doors, std::shared_ptr<Mailbox> mailbox,
            std::shared_ptr<BufferBudget> budget,
            const EnumArray<Lane, std::unique_ptr<WorkerLane>>& lanes, metrics::Registry& registry);

  // Opens the loop's descriptors; to be called before Run. Unavailable: the system has none
  // to give.
  Status Prepare();
  // Runs the loop. Returns when the mailbox has asked for a stop and the last connection has ended
  // or the stop's deadline has passed.
  void Run();

 private:
  using TimePoint = std::chrono::steady_clock::time_point;

  // Returns the number by which epoll reports a door; smaller than any connection's id.
  static uint64_t DoorId(size_t door) { return door + 1; }

  // Waiting for events and handing out jobs.
  int Wait(std::span<epoll_event> events);
  int WaitMilliseconds() const;
  void OnEvent(const epoll_event& event);
  void OnConnectionEvent(Connection& connection, uint32_t events);
  void Revisit();
  void TakeMail();
  void Take(RequestAnswered& answered);
  void Take(FoundLarge& large);
  void Take(PieceMade& piece);
  void Take(PartTaken& taken);
  void ExpireDeadlines();
  void SubmitJobs();
  void BeginStop(TimePoint deadline);
  bool Ended() const;
  void CloseAll();

  // Accepting connections.
  void AcceptWaiting();
  void AcceptFrom(Door& door);
  void Admit(Door& door, FileDescriptor fd, const sockaddr_storage& from);
  // Returns whether there is a place for one more connection; where the peer, its listener or the
  // front holds as many as it may, closes one to make it that has asked nothing yet, or is idle.
  bool MakePlace(Listener listener, const PeerTable::Peer& peer, bool from_proxy);
  // Returns whether the peer holds more connections than one may.
  bool IsOverShare(const PeerTable::Peer& peer, bool from_proxy) const;
  // Logs, at most once per period, that the peer holds its full share of connections.
  void TellOfShare(const PeerTable::Peer& peer);
  // Called when accept has no descriptor left: closes an idle connection, or refuses the new one.
  // Returns false where accepting has to pause.
  bool MakeRoom(Door& door);
  void RefuseConnection(const Door& door, FileDescriptor fd);
  void PauseAccepting();
  void ResumeAccepting();

  // Bringing a connection to its first request.
  const TlsCertificate* CertificateOf(Listener listener) const;
  bool TakesProxyHead(const Connection& connection) const;
  void BeginConnection(Connection& connection);
  // The PROXY protocol's header, if there was one, has been read.
  void BeginHandshake(Connection& connection);
  void BeginRequests(Connection& connection);
  void ReceiveProxyHead(Connection& connection);
  // The connection's peer is `client`, as its proxy says. Where that peer holds too many, closes an
  // idle one of its connections; where there is none, closes this one and returns false.
  bool SetPeer(Connection& connection, const IpAddress& client);
  // Puts the connection in the line for its handshake, which is dear.
  void QueueHandshake(Connection& connection);
  // Goes on with handshakes for as long as a turn of the loop has time for them.
  void ContinueHandshakes();
  void ContinueHandshake(Connection& connection);
  // Begins the session once the first record is there as a whole. Returns false where it is not, or
  // is none of TLS and was refused.
  bool BeginSession(Connection& connection);
  void FailHandshake(Connection& connection);

  // Reading requests.
  void Receive(Connection& connection);
  size_t ReceiveMessage(Connection& connection);
  size_t ReceiveBody(Connection& connection);
  size_t Discard(Connection& connection);
  // Receives into `room` and returns the number of bytes; 0 where none are there now or the
  // connection was closed.
  size_t ReceiveBytes(Connection& connection, std::span<char> room);
  // Continues, after an answer, with the requests that arrived meanwhile.
  void GoOn(Connection& connection);
  size_t Consume(Connection& connection, std::string_view bytes);
  size_t ConsumeHead(Connection& connection, std::string_view bytes);
  size_t ConsumeBody(Connection& connection, std::string_view bytes);
  size_t ConsumeChunks(Connection& connection, std::string_view bytes);
  // Keeps `rest`, which Consume left over. `held` is the string whose end `rest` is, or empty.
  void Hold(Connection& connection, std::string&& held, std::string_view rest);
  void BeginRequest(Connection& connection, std::string_view head);
  void BeginBody(Connection& connection, HttpRequest&& request, const Framing& framing,
                 const Route& route);
  // Returns how many requests of a lane may be under way, inclusive.
  size_t QueueOf(Lane lane) const;
  void Dispatch(Connection& connection);
  void GiveToWorker(Connection& connection, const Route& route,
                    const std::shared_ptr<Ticket>& ticket);
  // Answers 503: the lane of the request is full.
  void RejectJob(Connection& connection, const Route& route);
  // Returns a ticket by which the answer to a job comes back to this connection.
  std::shared_ptr<Ticket> TicketFor(const Connection& connection, Lane lane) const;
  // Hands the job to its lane at the end of the loop's current turn.
  void HandOut(Job&& job);

  // Handing on large bodies. Hands on what has come of a streamed body where it fills a part.
  // Returns whether it took the connection out of reading: the part was handed on, or the request
  // was refused.
  bool HandOnIfFull(Connection& connection);
  // Gives the request to a worker before its body is complete. Returns false where it was refused.
  bool BeginUpload(Connection& connection);

  // Streaming answers.
  bool BeginStream(Connection& connection, HttpResponse& response);
  void MakePiece(Connection& connection);
  void BreakOff(Connection& connection, CloseReason reason);
  void EndStream(Connection& connection);

  // Writing answers and ending connections.
  void Send(Connection& connection, HttpResponse&& response, AfterAnswer after,
            BudgetCharge&& charge = {});
  // Sends an answer, and keeps for later what the kernel does not take now.
  void Transmit(Connection& connection, std::string_view head, std::string&& body,
                BudgetCharge&& charge = {});
  void Sent(Connection& connection);
  void SendContinue(Connection& connection);
  void Flush(Connection& connection);
  // Returns what happens to the connection after the answer to a request that was read completely.
  // `unread`: bytes after the request may have arrived.
  AfterAnswer After(const Connection& connection, bool unread) const;
  // Answers on the front's own behalf and ends the connection.
  void Reject(Connection& connection, RejectReason reason, HttpResponse&& response,
              CloseReason close_reason = CloseReason::kRejected);
  void RejectHead(Connection& connection, const HeadError& error);
  void RejectBody(Connection& connection, BodyBuffer::Room room);
  void Close(Connection& connection, CloseReason reason);
  // Brings the connection's charge against the budget up to date.
  void Recharge(Connection& connection);

  const FrontOptions options_;
  const HeadLimits head_limits_;
  const HttpFront::Judge judge_;
  const PrivateGuard guard_;
  const Networks proxies_;
  std::vector<Door> doors_;
  const std::shared_ptr<Mailbox> mailbox_;
  const std::shared_ptr<BufferBudget> budget_;
  const EnumArray<Lane, std::unique_ptr<WorkerLane>>& lanes_;
  FrontMetrics metrics_;

  FileDescriptor epoll_;
  FileDescriptor spare_;  // closed to accept, and refuse, a connection where no other is left
  ConnectionTable connections_;
  PeerTable peers_;
  EnumArray<Listener, size_t> open_;       // connections, by listener
  std::optional<TimePoint> peer_told_at_;  // when TellOfShare last logged
  Deadlines deadlines_;
  TimePoint now_;

  std::array<bool, 2> accept_waiting_{};  // by door
  std::optional<TimePoint> accept_paused_till_;
  std::vector<uint64_t> revisit_;  // connections with more to read than fits in one turn
  std::vector<uint64_t> revisiting_;
  std::deque<uint64_t> handshakes_;  // connections whose handshake can go on
  std::vector<Mail> mail_;
  EnumArray<Lane, std::vector<Job>> jobs_;  // handed out in this turn
  EnumArray<Lane, size_t> under_way_;       // requests handed out and not yet answered
  size_t streams_ = 0;                      // connections with a streamed answer
  std::optional<TimePoint> stop_deadline_;  // set while stopping

  std::vector<char> scratch_;  // receives bytes before they are given to a connection
  std::string head_;           // reused for each answer's head
  ResponseWriter writer_;
};

}  // namespace rollcall::http
