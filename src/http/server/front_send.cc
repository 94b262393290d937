#include <sys/socket.h>
#include <sys/uio.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <string_view>
#include <utility>

#include "http/server/front_loop.h"

namespace rollcall::http {
namespace {

constexpr size_t kNoHeapBytes = 15;  // a string up to this size has no memory of its own
// What the TLS library takes for a handshake, about; most of it are buffers that it then gives
// back.
constexpr size_t kHandshakeBytes = 48 * 1024;

// Bytes sent of the two from `offset` on, 0 where the kernel takes none now, -1 where the
// connection is broken. `ends`: the end of our side follows at once, and the last bytes wait for it
// to share its segment.
ssize_t SendSome(int fd, std::string_view head, std::string_view body, size_t offset, bool ends) {
  std::array<iovec, 2> parts{};
  size_t count = 0;
  for (std::string_view part : {head, body}) {
    const size_t skip = std::min(offset, part.size());
    offset -= skip;
    part.remove_prefix(skip);
    if (!part.empty()) {
      // An iovec serves reading too, so its pointer is not const.
      parts[count++] = {const_cast<char*>(part.data()), part.size()};
    }
  }
  msghdr message{};
  message.msg_iov = parts.data();
  message.msg_iovlen = count;
  ssize_t n = 0;
  do {
    n = sendmsg(fd, &message, MSG_NOSIGNAL | MSG_DONTWAIT | (ends ? MSG_MORE : 0));
  } while (n < 0 && errno == EINTR);
  return n < 0 && errno == EAGAIN ? 0 : n;
}

// Whether what is sent now is the last that this peer gets.
bool Ends(const Connection& connection) {
  return connection.stream == nullptr && connection.after != AfterAnswer::kKeep;
}

// The same as SendSome, by whatever means the connection has.
ssize_t SendSome(Connection& connection, std::string_view head, std::string_view body,
                 size_t offset) {
  return connection.tls != nullptr ? connection.tls->Write(head, body, offset)
                                   : SendSome(connection.fd, head, body, offset, Ends(connection));
}

}  // namespace

void FrontLoop::Send(Connection& connection, HttpResponse&& response, AfterAnswer after,
                     BudgetCharge&& charge) {
  connection.ticket.reset();
  if (std::exchange(connection.for_any_site, false)) AllowAnySite(response);
  connection.exchange.reset();
  connection.after = after;
  deadlines_.Disarm(connection);

  BodyEnd end = BodyEnd::kLength;
  if (response.stream != nullptr && BeginStream(connection, response)) {
    end = connection.http_1_0 ? BodyEnd::kClose : BodyEnd::kChunked;
    if (connection.http_1_0 && after == AfterAnswer::kKeep) connection.after = AfterAnswer::kLinger;
  }
  ConnectionNotice notice = ConnectionNotice::kClose;
  if (connection.after == AfterAnswer::kKeep) {
    notice = connection.http_1_0 ? ConnectionNotice::kKeepAlive : ConnectionNotice::kNone;
  }
  head_.clear();
  writer_.WriteHead(response, notice, head_, end);
  if (connection.head_only || !ResponseWriter::StatusHasBody(response.status)) {
    response.body.clear();
  }
  Transmit(connection, head_, std::move(response.body), std::move(charge));
}

void FrontLoop::Transmit(Connection& connection, std::string_view head, std::string&& body,
                         BudgetCharge&& charge) {
  const ssize_t n = SendSome(connection, head, body, 0);
  if (n < 0) {
    Close(connection, CloseReason::kReset);
    return;
  }
  const auto sent = static_cast<size_t>(n);
  if (sent == head.size() + body.size()) {
    Sent(connection);
    return;
  }
  connection.output =
      std::make_unique<Output>(Output{std::string(head), std::move(body), sent, std::move(charge)});
  connection.state = ConnectionState::kWriting;
  Recharge(connection);
  deadlines_.Arm(connection, DeadlineKind::kWrite, now_);
}

void FrontLoop::Flush(Connection& connection) {
  Output& output = *connection.output;
  const ssize_t n = SendSome(connection, output.head, output.body, output.sent);
  if (n < 0) {
    Close(connection, CloseReason::kReset);
    return;
  }
  output.sent += static_cast<size_t>(n);
  if (output.sent < output.size()) {
    return;
  }
  connection.output.reset();
  Recharge(connection);
  Sent(connection);
  if (connection.state == ConnectionState::kHead) {
    GoOn(connection);
  }
}

void FrontLoop::Sent(Connection& connection) {
  if (connection.stream != nullptr) {
    MakePiece(connection);
    return;
  }
  if (connection.after == AfterAnswer::kKeep) {
    connection.state = ConnectionState::kHead;
    connection.head_only = false;
    deadlines_.Arm(connection, DeadlineKind::kIdle, now_);
    return;
  }
  // Before any closing: over bytes that have come meanwhile, that would throw away what waits to be
  // sent.
  if (connection.tls != nullptr) connection.tls->End();
  shutdown(connection.fd, SHUT_WR);
  if (connection.after == AfterAnswer::kClose) {
    Close(connection, connection.reason);
    return;
  }
  connection.state = ConnectionState::kLingering;
  connection.held = {};
  Recharge(connection);
  deadlines_.Arm(connection, DeadlineKind::kLinger, now_);
  if (connection.may_read) {
    revisit_.push_back(connection.id);
  }
}

void FrontLoop::SendContinue(Connection& connection) {
  constexpr std::string_view kContinue = "HTTP/1.1 100 Continue\r\n\r\n";
  // Nothing else is on its way to this peer. Where not even this is taken, it is not reading.
  const ssize_t sent = connection.tls != nullptr ? connection.tls->Write(kContinue, {}, 0)
                                                 : SendSome(connection.fd, kContinue, {}, 0, false);
  if (sent != static_cast<ssize_t>(kContinue.size())) {
    Close(connection, CloseReason::kReset);
  }
}

AfterAnswer FrontLoop::After(const Connection& connection, bool unread) const {
  if (connection.keep_alive && !stop_deadline_) {
    return AfterAnswer::kKeep;
  }
  return unread ? AfterAnswer::kLinger : AfterAnswer::kClose;
}

void FrontLoop::Reject(Connection& connection, RejectReason reason, HttpResponse&& response,
                       CloseReason close_reason) {
  metrics_.Rejected(reason);
  connection.reason = close_reason;
  Send(connection, std::move(response), AfterAnswer::kLinger);
}

void FrontLoop::RejectHead(Connection& connection, const HeadError& error) {
  const bool limit = error.status == 414 || error.status == 431;
  Reject(connection, limit ? RejectReason::kHeaderLimit : RejectReason::kMalformed,
         HttpResponse::Text(error.status, error.reason));
}

void FrontLoop::RejectBody(Connection& connection, BodyBuffer::Room room) {
  if (room == BodyBuffer::Room::kTooLarge) {
    Reject(connection, RejectReason::kBodyLimit,
           HttpResponse::Text(413, "the request's body is too large"));
  } else {
    Reject(connection, RejectReason::kBuffersFull, BusyAnswer("out of buffer memory"));
  }
}

void FrontLoop::Close(Connection& connection, CloseReason reason) {
  metrics_.Closed(reason);
  if (connection.ticket != nullptr) connection.ticket->ClientLeft();
  EndStream(connection);
  metrics_.connections[connection.listener]->Add(-1);
  --open_[connection.listener];
  peers_.Remove(*connection.peer);
  deadlines_.Disarm(connection);
  budget_->Give(connection.charged_bytes);
  const bool is_between = connection.state == ConnectionState::kHead;
  if (connection.tls != nullptr && is_between) connection.tls->End();
  ::close(connection.fd);
  connections_.Remove(connection);
}

void FrontLoop::Recharge(Connection& connection) {
  const size_t held = connection.held.capacity();
  size_t bytes = held > kNoHeapBytes ? held : 0;
  if (const Output* const output = connection.output.get()) {
    bytes += output->size() - std::min(output->size(), output->charge.bytes());
  }
  if (connection.tls != nullptr && connection.state == ConnectionState::kHandshake) {
    bytes += kHandshakeBytes;
  }
  budget_->Take(bytes);
  budget_->Give(connection.charged_bytes);
  connection.charged_bytes = bytes;
}

}  // namespace rollcall::http
