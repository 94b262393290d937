// The loop behind HttpFront. Its verbs are spread over files: front_loop.cc waits and hands
// out, front_accept.cc takes connections, front_receive.cc reads requests,
// front_send.cc writes answers and ends connections. Owned by the front; everything runs on
// the loop's one thread. front_upload.cc hands large bodies on while they come,
// front_stream.cc sends large answers piece by piece.
#pragma once

#include <sys/epoll.h>

#include <array>
#include <chrono>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <vector>

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
  };

  // The lanes outlive the loop.
  FrontLoop(const FrontOptions& options, HttpFront::Judge judge, std::vector<Door> doors,
            std::shared_ptr<Mailbox> mailbox, std::shared_ptr<BufferBudget> budget,
            const EnumArray<Lane, std::unique_ptr<WorkerLane>>& lanes, metrics::Registry& registry);

  // Unavailable: the system has no descriptor to give. Before Run.
  Status Prepare();
  // Returns after a stop was asked for in the mailbox and the last connection ended, or the stop's
  // deadline came.
  void Run();

 private:
  using TimePoint = std::chrono::steady_clock::time_point;

  // What the kernel calls a door's descriptor; below any connection's id.
  static uint64_t DoorId(size_t door) { return door + 1; }

  // Waiting and handing out.
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

  // Taking connections.
  void AcceptWaiting();
  void AcceptFrom(Door& door);
  void Admit(Door& door, FileDescriptor fd, const sockaddr_storage& from);
  // Where the peer, its listener or all hold as many as they may: whether an idle one made room.
  bool MakePlace(const Door& door, const PeerTable::Peer& peer);
  void TellOfShare(const PeerTable::Peer& peer);
  // After accept had no descriptor to give. False: nothing more to be done for now.
  bool MakeRoom(Door& door);
  void RefuseConnection(FileDescriptor fd);
  void PauseAccepting();
  void ResumeAccepting();

  // Reading requests.
  void Receive(Connection& connection);
  size_t ReceiveMessage(Connection& connection);
  size_t ReceiveBody(Connection& connection);
  size_t Discard(Connection& connection);
  // Bytes into `room`, or 0: nothing there now, or the connection was closed.
  size_t ReceiveBytes(Connection& connection, std::span<char> room);
  // After an answer: the requests that came in meanwhile.
  void GoOn(Connection& connection);
  size_t Consume(Connection& connection, std::string_view bytes);
  size_t ConsumeHead(Connection& connection, std::string_view bytes);
  size_t ConsumeBody(Connection& connection, std::string_view bytes);
  size_t ConsumeChunks(Connection& connection, std::string_view bytes);
  // Holds what Consume left over; `held` is what `rest` is the end of, or empty.
  void Hold(Connection& connection, std::string&& held, std::string_view rest);
  void BeginRequest(Connection& connection, std::string_view head);
  void BeginBody(Connection& connection, HttpRequest&& request, const Framing& framing,
                 const Route& route);
  // How many requests of a lane may be under way.
  size_t QueueOf(Lane lane) const;
  void Dispatch(Connection& connection);
  void GiveToWorker(Connection& connection, const Route& route,
                    const std::shared_ptr<Ticket>& ticket);
  // Answers that its lane is full.
  void RejectJob(Connection& connection);
  // Where the answer to a job of this connection goes; and the job to its lane, at the end of the
  // turn.
  std::shared_ptr<Ticket> TicketFor(const Connection& connection, Lane lane) const;
  void HandOut(Job&& job);

  // Handing on large bodies. False: not now, or not at all.
  bool HandOnIfFull(Connection& connection);
  bool BeginUpload(Connection& connection);

  // Streaming answers.
  bool BeginStream(Connection& connection, HttpResponse& response);
  void MakePiece(Connection& connection);
  void BreakOff(Connection& connection, CloseReason reason);
  void EndStream(Connection& connection);

  // Writing answers and ending connections.
  void Send(Connection& connection, HttpResponse&& response, AfterAnswer after,
            BudgetCharge&& charge = {});
  // Sends what there is, and keeps for later what the kernel does not take now.
  void Transmit(Connection& connection, std::string_view head, std::string&& body,
                BudgetCharge&& charge = {});
  void Sent(Connection& connection);
  void SendContinue(Connection& connection);
  void Flush(Connection& connection);
  // How to go on after the answer to a request that was read to its end; `unread`: more may have
  // come.
  AfterAnswer After(const Connection& connection, bool unread) const;
  // An answer of the front's own; the connection ends with it.
  void Reject(Connection& connection, RejectReason reason, HttpResponse&& response,
              CloseReason close_reason = CloseReason::kRejected);
  void RejectHead(Connection& connection, const HeadError& error);
  void RejectBody(Connection& connection, BodyBuffer::Room room);
  void Close(Connection& connection, CloseReason reason);
  // Brings what the connection is charged with up to date.
  void Recharge(Connection& connection);

  const FrontOptions options_;
  const HeadLimits head_limits_;
  const HttpFront::Judge judge_;
  const PrivateGuard guard_;
  std::vector<Door> doors_;
  const std::shared_ptr<Mailbox> mailbox_;
  const std::shared_ptr<BufferBudget> budget_;
  const EnumArray<Lane, std::unique_ptr<WorkerLane>>& lanes_;
  FrontMetrics metrics_;

  FileDescriptor epoll_;
  FileDescriptor spare_;  // given up for a moment to refuse a connection where there is no other
  ConnectionTable connections_;
  PeerTable peers_;
  EnumArray<Listener, size_t> open_;       // connections
  std::optional<TimePoint> peer_told_at_;  // when the log was last told of a peer's share
  Deadlines deadlines_;
  TimePoint now_;

  std::array<bool, 2> accept_waiting_{};  // by door
  std::optional<TimePoint> accept_paused_till_;
  std::vector<uint64_t> revisit_;  // had more to read than is one connection's turn
  std::vector<uint64_t> revisiting_;
  std::vector<Mail> mail_;
  EnumArray<Lane, std::vector<Job>> jobs_;  // of this turn
  EnumArray<Lane, size_t> under_way_;       // requests given out and not answered
  size_t streams_ = 0;                      // connections with a streamed answer
  std::optional<TimePoint> stop_deadline_;  // set: stopping

  std::vector<char> scratch_;  // what is received, before it is somebody's
  std::string head_;           // an answer's head
  ResponseWriter writer_;
};

}  // namespace rollcall::http
