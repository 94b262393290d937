#include <sys/socket.h>

#include <array>
#include <charconv>
#include <utility>

#include "http/server/front_loop.h"

namespace rollcall::http {
namespace {

// A chunk's size in front of its bytes (RFC 9112, 7.1).
std::string ChunkHead(size_t bytes) {
  std::array<char, 16> digits;
  const auto end = std::to_chars(digits.data(), digits.data() + digits.size(), bytes, 16).ptr;
  return std::string(digits.data(), end) + "\r\n";
}

}  // namespace

// False: `response` is now another one, without a stream.
bool FrontLoop::BeginStream(Connection& connection, HttpResponse& response) {
  const std::shared_ptr<BodyStream> stream = std::exchange(response.stream, nullptr);
  response.body.clear();
  if (streams_ >= options_.max_streams || stop_deadline_) {
    metrics_.Rejected(RejectReason::kLaneFull);
    response = BusyAnswer("too many streamed answers at once");
    return false;
  }
  // Of a HEAD's answer nothing follows; that it would, its head still says.
  if (!connection.head_only && ResponseWriter::StatusHasBody(response.status)) {
    connection.stream = stream;
    ++streams_;
  }
  return true;
}

// All that was made has been taken; the thread that makes more waits for nobody.
void FrontLoop::MakePiece(Connection& connection) {
  HandOut({TicketFor(connection, Lane::kStream), NextPiece{connection.stream}});
  connection.state = ConnectionState::kStreaming;
  deadlines_.Disarm(connection);
}

void FrontLoop::Take(PieceMade& piece) {
  --under_way_[Lane::kStream];
  Connection* const connection = connections_.Find(piece.connection);
  if (connection == nullptr) {
    return;
  }
  if (piece.end == PieceMade::End::kBrokenOff) {
    BreakOff(*connection, CloseReason::kAnswered);
    return;
  }
  const bool is_last = piece.end == PieceMade::End::kLast;
  std::string head;
  if (!connection->http_1_0) {
    // An empty chunk would be the end.
    if (!piece.bytes.empty()) {
      head = ChunkHead(piece.bytes.size());
      piece.bytes.append("\r\n");
    }
    if (is_last) piece.bytes.append("0\r\n\r\n");
  }
  if (is_last) EndStream(*connection);
  Transmit(*connection, head, std::move(piece.bytes));
  if (connection->state == ConnectionState::kHead) {
    GoOn(*connection);
  }
}

// With a reset where an answer is cut short: where the connection's end is the body's, nothing else
// tells the peer.
void FrontLoop::BreakOff(Connection& connection, CloseReason reason) {
  if (connection.stream != nullptr || connection.state == ConnectionState::kWriting) {
    const linger now{1, 0};
    setsockopt(connection.fd, SOL_SOCKET, SO_LINGER, &now, sizeof now);
  }
  Close(connection, reason);
}

void FrontLoop::EndStream(Connection& connection) {
  if (connection.stream != nullptr) {
    connection.stream.reset();
    --streams_;
  }
}

}  // namespace rollcall::http
