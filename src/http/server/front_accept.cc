#include <poll.h>
#include <sys/eventfd.h>
#include <sys/socket.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <utility>

#include "base/log.h"
#include "http/server/front_loop.h"

namespace rollcall::http {
namespace {

constexpr int kAcceptsAtOnce = 128;
constexpr std::chrono::milliseconds kAcceptPause{100};
// How many idle connections are looked at for one that may go: who floods us pays no more.
constexpr size_t kEvictionLook = 64;
constexpr std::chrono::minutes kPeerTellPeriod{1};

// Whether there is a connection to take.
bool IsWaiting(int listening_fd) {
  pollfd at{listening_fd, POLLIN, 0};
  return poll(&at, 1, 0) > 0;
}

}  // namespace

void FrontLoop::AcceptWaiting() {
  if (accept_paused_till_) {
    if (now_ < *accept_paused_till_) {
      return;
    }
    ResumeAccepting();
  }
  for (size_t i = 0; i < doors_.size(); ++i) {
    if (std::exchange(accept_waiting_[i], false)) {
      AcceptFrom(doors_[i]);
    }
  }
}

// What is not taken now is told of again by the next wait.
void FrontLoop::AcceptFrom(Door& door) {
  for (int i = 0; i < kAcceptsAtOnce; ++i) {
    sockaddr_storage from{};
    socklen_t size = sizeof from;
    FileDescriptor fd(accept4(door.socket.fd.get(), reinterpret_cast<sockaddr*>(&from), &size,
                              SOCK_NONBLOCK | SOCK_CLOEXEC));
    if (fd.valid()) {
      Admit(door, std::move(fd), from);
      continue;
    }
    switch (errno) {
      case EMFILE:
      case ENFILE:
        // The kernel looks for a descriptor before it looks for a connection.
        if (!IsWaiting(door.socket.fd.get()) || !MakeRoom(door)) {
          return;
        }
        break;
      case ENOBUFS:
      case ENOMEM:
        PauseAccepting();
        return;
      case EAGAIN:
        return;
      default:
        break;  // that one connection failed before it was taken
    }
  }
}

void FrontLoop::Admit(Door& door, FileDescriptor fd, const sockaddr_storage& from) {
  const IpAddress address = IpAddress::Of(from);
  const bool from_proxy = proxies_.Contains(address);
  PeerTable::Peer& peer = peers_.Add(PeerPrefix::Of(door.listener, address));
  if (!MakePlace(door.listener, peer, from_proxy)) {
    peers_.Remove(peer);
    RefuseConnection(door, std::move(fd));
    return;
  }
  Connection& connection = connections_.Add();
  epoll_event event{};
  event.events = EPOLLIN | EPOLLOUT | EPOLLRDHUP | EPOLLET;
  event.data.u64 = connection.id;
  if (epoll_ctl(epoll_.get(), EPOLL_CTL_ADD, fd.get(), &event) != 0) {
    connections_.Remove(connection);
    peers_.Remove(peer);
    RefuseConnection(door, std::move(fd));
    return;
  }
  connection.fd = fd.Release();
  connection.listener = door.listener;
  connection.peer = &peer;
  connection.from_proxy = from_proxy;
  ++open_[door.listener];
  metrics_.accepted[door.listener]->Add();
  metrics_.connections[door.listener]->Add(1);
  BeginConnection(connection);
}

bool FrontLoop::IsOverShare(const PeerTable::Peer& peer, bool from_proxy) const {
  return options_.max_peer_connections > 0 && !from_proxy &&
         peer.first.listener == Listener::kPublic && peer.second > options_.max_peer_connections;
}

bool FrontLoop::MakePlace(Listener listener, const PeerTable::Peer& peer, bool from_proxy) {
  const bool is_public = listener == Listener::kPublic;
  const bool share_is_full = IsOverShare(peer, from_proxy);
  const size_t reserve =
      doors_.size() > 1 ? std::min(options_.private_connections, options_.max_connections / 4) : 0;
  const bool is_full = connections_.size() >= options_.max_connections ||
                       (is_public && open_[listener] >= options_.max_connections - reserve);
  if (share_is_full) TellOfShare(peer);
  if (!share_is_full && !is_full) {
    return true;
  }
  const auto may_go = [&](const Connection& connection) {
    return share_is_full ? connection.peer == &peer : !is_public || connection.listener == listener;
  };
  for (const DeadlineKind kind : {DeadlineKind::kHandshake, DeadlineKind::kIdle}) {
    if (Connection* const one = deadlines_.OldestThat(kind, kEvictionLook, may_go)) {
      Close(*one, CloseReason::kEvicted);
      return true;
    }
  }
  return false;
}

bool FrontLoop::SetPeer(Connection& connection, const IpAddress& client) {
  PeerTable::Peer& peer = peers_.Add(PeerPrefix::Of(connection.listener, client));
  peers_.Remove(*std::exchange(connection.peer, &peer));
  connection.from_proxy = proxies_.Contains(client);
  if (!IsOverShare(peer, connection.from_proxy)) return true;
  TellOfShare(peer);
  Connection* const idle =
      deadlines_.OldestThat(DeadlineKind::kIdle, kEvictionLook,
                            [&](const Connection& other) { return other.peer == &peer; });
  Close(idle != nullptr ? *idle : connection, CloseReason::kEvicted);
  return idle != nullptr;
}

void FrontLoop::TellOfShare(const PeerTable::Peer& peer) {
  if (peer_told_at_ && now_ - *peer_told_at_ < kPeerTellPeriod) {
    return;
  }
  peer_told_at_ = now_;
  log::Warn(
      "{} holds its share of {} connections (--max-peer-connections): each further one takes an "
      "idle one's place or is refused",
      peer.first.ToString(), options_.max_peer_connections);
}

bool FrontLoop::MakeRoom(Door& door) {
  for (const DeadlineKind kind : {DeadlineKind::kHandshake, DeadlineKind::kIdle}) {
    if (Connection* oldest = deadlines_.Oldest(kind)) {
      Close(*oldest, CloseReason::kEvicted);
      return true;
    }
  }
  spare_.Close();
  FileDescriptor fd(accept4(door.socket.fd.get(), nullptr, nullptr, SOCK_NONBLOCK | SOCK_CLOEXEC));
  const bool accepted = fd.valid();
  if (accepted) {
    RefuseConnection(door, std::move(fd));
  }
  spare_ = FileDescriptor(eventfd(0, EFD_CLOEXEC));
  if (!accepted || !spare_.valid()) {
    PauseAccepting();
    return false;
  }
  return true;
}

void FrontLoop::RefuseConnection(const Door& door, FileDescriptor fd) {
  metrics_.Rejected(RejectReason::kConnections);
  if (door.tls != nullptr) return;  // there is no session to answer in
  HttpResponse busy = BusyAnswer("too many connections");
  head_.clear();
  writer_.WriteHead(busy, ConnectionNotice::kClose, head_);
  head_.append(busy.body);
  // There is no room to wait for this peer: it reads the answer or it does not.
  send(fd.get(), head_.data(), head_.size(), MSG_NOSIGNAL | MSG_DONTWAIT);
  shutdown(fd.get(), SHUT_WR);
  // Closing over unread bytes would reset the connection and take the answer with it.
  [[maybe_unused]] const ssize_t n = recv(fd.get(), scratch_.data(), scratch_.size(), MSG_DONTWAIT);
}

void FrontLoop::PauseAccepting() {
  accept_paused_till_ = now_ + kAcceptPause;
  for (Door& door : doors_) {
    epoll_event event{};
    epoll_ctl(epoll_.get(), EPOLL_CTL_DEL, door.socket.fd.get(), &event);
  }
}

void FrontLoop::ResumeAccepting() {
  accept_paused_till_.reset();
  for (size_t i = 0; i < doors_.size(); ++i) {
    epoll_event event{};
    event.events = EPOLLIN;
    event.data.u64 = DoorId(i);
    epoll_ctl(epoll_.get(), EPOLL_CTL_ADD, doors_[i].socket.fd.get(), &event);
    accept_waiting_[i] = true;
  }
}

}  // namespace rollcall::http
