#include <sys/ioctl.h>
#include <sys/socket.h>

#include <array>
#include <cerrno>
#include <utility>

#include "http/server/front_loop.h"
#include "http/server/proxy_header.h"

namespace rollcall::http {
namespace {

// The time that a turn of the loop has for handshakes, or as long as one takes: a signature is
// worth a hundred reports.
constexpr std::chrono::milliseconds kHandshakeTurn{2};
constexpr size_t kRecordHead = 5;  // of a TLS record: type, version, size of the rest
constexpr unsigned char kHandshakeRecord = 0x16;
// OpenSSL's bound on a record, which it checks itself.
constexpr size_t kMaxRecordBytes = 18 * 1024;

constexpr const char* kPlainAtTls =
    "this port speaks TLS, and the request came without: ask it by https://";

// Bytes that have arrived and stay where they are; 0 or less as recv says.
ssize_t Peek(int fd, std::span<char> room) {
  ssize_t n = 0;
  do {
    n = recv(fd, room.data(), room.size(), MSG_PEEK);
  } while (n < 0 && errno == EINTR);
  return n;
}

size_t BytesWaiting(int fd) {
  int bytes = 0;
  return ioctl(fd, FIONREAD, &bytes) == 0 && bytes > 0 ? static_cast<size_t>(bytes) : 0;
}

bool IsLetter(unsigned char c) { return (c | 0x20) >= 'a' && (c | 0x20) <= 'z'; }

}  // namespace

const TlsCertificate* FrontLoop::CertificateOf(Listener listener) const {
  for (const Door& door : doors_) {
    if (door.listener == listener) return door.tls;
  }
  return nullptr;
}

bool FrontLoop::TakesProxyHead(const Connection& connection) const {
  return connection.from_proxy && (options_.proxy_protocol == "both" ||
                                   options_.proxy_protocol == NameOf(connection.listener));
}

void FrontLoop::BeginConnection(Connection& connection) {
  if (TakesProxyHead(connection)) {
    connection.state = ConnectionState::kProxyHead;
    deadlines_.Arm(connection, DeadlineKind::kHandshake, now_);
  } else {
    BeginHandshake(connection);
  }
}

void FrontLoop::BeginHandshake(Connection& connection) {
  if (CertificateOf(connection.listener) == nullptr) return BeginRequests(connection);
  connection.state = ConnectionState::kHandshake;
  // The PROXY protocol's header counts: both have one deadline.
  if (!connection.deadline.kind) deadlines_.Arm(connection, DeadlineKind::kHandshake, now_);
}

void FrontLoop::BeginRequests(Connection& connection) {
  connection.state = ConnectionState::kHead;
  Recharge(connection);
  deadlines_.Arm(connection, DeadlineKind::kIdle, now_);
}

void FrontLoop::ReceiveProxyHead(Connection& connection) {
  std::array<char, kMaxProxyHeaderBytes> room;
  const ssize_t n = Peek(connection.fd, room);
  if (n < 0 && errno == EAGAIN) return;
  if (n <= 0) return Close(connection, n == 0 ? CloseReason::kPeer : CloseReason::kReset);
  const ProxyHeader header = ReadProxyHeader({room.data(), static_cast<size_t>(n)});
  switch (header.state) {
    case ProxyHeader::State::kIncomplete:
      if (connection.peer_ended) Close(connection, CloseReason::kPeer);
      return;
    case ProxyHeader::State::kRefused:
      return Close(connection, CloseReason::kHandshake);
    case ProxyHeader::State::kComplete:
      break;
  }
  // It is there: this takes all of it.
  if (recv(connection.fd, room.data(), header.bytes, 0) != static_cast<ssize_t>(header.bytes)) {
    return Close(connection, CloseReason::kReset);
  }
  if (header.client && !SetPeer(connection, *header.client)) return;
  BeginHandshake(connection);
  if (connection.state == ConnectionState::kHandshake) {
    QueueHandshake(connection);
  } else {
    Receive(connection);
  }
}

void FrontLoop::QueueHandshake(Connection& connection) {
  if (!std::exchange(connection.in_handshakes, true)) handshakes_.push_back(connection.id);
}

void FrontLoop::ContinueHandshakes() {
  if (handshakes_.empty()) return;
  const TimePoint end = std::chrono::steady_clock::now() + kHandshakeTurn;
  do {
    Connection* const connection = connections_.Find(handshakes_.front());
    handshakes_.pop_front();
    if (connection == nullptr) continue;
    connection->in_handshakes = false;
    ContinueHandshake(*connection);
  } while (!handshakes_.empty() && std::chrono::steady_clock::now() < end);
}

void FrontLoop::ContinueHandshake(Connection& connection) {
  if (connection.state != ConnectionState::kHandshake) return;
  if (connection.tls == nullptr && !BeginSession(connection)) return;
  switch (connection.tls->Handshake()) {
    case TlsSession::Step::kAgain:
      if (connection.tls->was_cut_short()) QueueHandshake(connection);
      return;
    case TlsSession::Step::kFailed:
      return FailHandshake(connection);
    case TlsSession::Step::kDone:
      break;
  }
  metrics_.handshakes[connection.listener]->Add();
  BeginRequests(connection);
  connection.may_read = true;
  Receive(connection);
}

// Until the first record is there, the kernel holds its bytes, and a sender that drips them costs
// no memory of ours.
bool FrontLoop::BeginSession(Connection& connection) {
  std::array<char, kRecordHead> head;
  const ssize_t n = Peek(connection.fd, head);
  if (n < 0 && errno == EAGAIN) return false;
  if (n <= 0) {
    Close(connection, n == 0 ? CloseReason::kPeer : CloseReason::kReset);
    return false;
  }
  const auto at = [&](size_t i) { return static_cast<unsigned char>(head[i]); };
  if (at(0) != kHandshakeRecord && IsLetter(at(0))) {
    Reject(connection, RejectReason::kMalformed, HttpResponse::Text(400, kPlainAtTls));
    return false;
  }
  if (at(0) == kHandshakeRecord && !connection.peer_ended) {
    if (static_cast<size_t>(n) < kRecordHead) return false;
    const size_t record = kRecordHead + (static_cast<size_t>(at(3)) << 8 | at(4));
    if (record <= kMaxRecordBytes && BytesWaiting(connection.fd) < record) return false;
  }
  if (budget_->exhausted()) {
    metrics_.Rejected(RejectReason::kBuffersFull);
    Close(connection, CloseReason::kRejected);
    return false;
  }
  const TlsCertificate::Context context = CertificateOf(connection.listener)->Current();
  connection.tls = TlsSession::Make(*context, connection.fd);
  if (connection.tls == nullptr) {
    Close(connection, CloseReason::kRejected);
    return false;
  }
  Recharge(connection);
  return true;
}

// The alert that says why is sent; it must not be lost to a reset.
void FrontLoop::FailHandshake(Connection& connection) {
  connection.tls.reset();
  connection.reason = CloseReason::kHandshake;
  connection.after = AfterAnswer::kLinger;
  Sent(connection);
}

}  // namespace rollcall::http
