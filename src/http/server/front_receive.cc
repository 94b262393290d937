#include <netdb.h>
#include <sys/socket.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <exception>
#include <utility>

#include "base/log.h"
#include "http/server/forwarded.h"
#include "http/server/front_loop.h"

namespace rollcall::http {
namespace {

// What one connection may read before the others have their turn.
constexpr size_t kTurnBytes = 64 * 1024;
// Thrown away of a request that was answered unread; a sender that goes on is cut off.
constexpr size_t kMaxLingerBytes = 16 * 1024 * 1024;

constexpr char kTlsRecord = 0x16;  // how a TLS handshake begins
constexpr HeadError kTlsAtPlain{400, "this port speaks plain HTTP, not TLS: ask it by http://"};

// "127.0.0.1"; empty where the system does not say.
std::string LocalAddressOf(int fd) {
  sockaddr_storage local{};
  socklen_t size = sizeof local;
  std::array<char, NI_MAXHOST> text{};
  if (getsockname(fd, reinterpret_cast<sockaddr*>(&local), &size) != 0 ||
      getnameinfo(reinterpret_cast<sockaddr*>(&local), size, text.data(), text.size(), nullptr, 0,
                  NI_NUMERICHOST) != 0) {
    return {};
  }
  return text.data();
}

}  // namespace

void FrontLoop::Receive(Connection& connection) {
  size_t turn = kTurnBytes;
  while (connection.may_read) {
    if (turn == 0) {
      revisit_.push_back(connection.id);
      return;
    }
    size_t received = 0;
    switch (connection.state) {
      case ConnectionState::kHead:
        received = ReceiveMessage(connection);
        break;
      case ConnectionState::kBody:
        received = connection.exchange->framing.chunked ? ReceiveMessage(connection)
                                                        : ReceiveBody(connection);
        break;
      case ConnectionState::kLingering:
        received = Discard(connection);
        break;
      default:
        return;  // what is there waits in the kernel until the answer is out
    }
    // Over TLS much may be sent to say little.
    if (connection.tls != nullptr) received = std::max(received, connection.tls->TakeRawBytes());
    turn -= std::min(turn, received);
  }
}

size_t FrontLoop::ReceiveMessage(Connection& connection) {
  // Held bytes are less than the scratch buffer: more of an unfinished head would have been
  // refused.
  const size_t room = scratch_.size() - std::min(connection.held.size(), scratch_.size() - 1);
  const size_t received = ReceiveBytes(connection, {scratch_.data(), room});
  if (received == 0) {
    return 0;
  }
  std::string_view bytes(scratch_.data(), received);
  std::string held = std::exchange(connection.held, {});
  if (!held.empty()) {
    held.append(bytes);
    bytes = held;
  }
  const size_t used = Consume(connection, bytes);
  Hold(connection, std::move(held), bytes.substr(used));
  return received;
}

size_t FrontLoop::ReceiveBody(Connection& connection) {
  Exchange& exchange = *connection.exchange;
  const uint64_t missing = exchange.missing();
  std::span<char> tail;
  const BodyBuffer::Room room = exchange.body.Tail(std::min<uint64_t>(missing, kTurnBytes), tail);
  if (room != BodyBuffer::Room::kOk) {
    RejectBody(connection, room);
    return 0;
  }
  const size_t received = ReceiveBytes(connection, tail);
  if (received > 0) {
    exchange.body.Commit(received);
    if (received == missing) {
      Dispatch(connection);
    } else {
      HandOnIfFull(connection);
    }
  }
  return received;
}

size_t FrontLoop::Discard(Connection& connection) {
  const size_t received = ReceiveBytes(connection, scratch_);
  if (received > 0) {
    connection.lingered_bytes += received;
    if (connection.lingered_bytes > kMaxLingerBytes) {
      Close(connection, connection.reason);
    }
  }
  return received;
}

size_t FrontLoop::ReceiveBytes(Connection& connection, std::span<char> room) {
  // What lingers is thrown away as it comes.
  TlsSession* const tls =
      connection.state == ConnectionState::kLingering ? nullptr : connection.tls.get();
  ssize_t n = 0;
  do {
    n = tls != nullptr ? tls->Read(room) : recv(connection.fd, room.data(), room.size(), 0);
  } while (n < 0 && errno == EINTR);
  if (n > 0) {
    const auto received = static_cast<size_t>(n);
    if (connection.deadline.kind == DeadlineKind::kStall) {
      deadlines_.Arm(connection, DeadlineKind::kStall, now_);
    }
    // A short read means that the kernel has no more. It says so again when more comes, but the end
    // that it has told of it tells once.
    const bool is_short = tls != nullptr ? !tls->MayHaveMore() : received < room.size();
    if (is_short && !connection.peer_ended) {
      connection.may_read = false;
    }
    return received;
  }
  if (n < 0 && errno == EAGAIN) {
    connection.may_read = tls != nullptr && tls->was_cut_short();
  } else if (n < 0) {
    Close(connection, CloseReason::kReset);
  } else {
    const bool lingers = connection.state == ConnectionState::kLingering;
    Close(connection, lingers ? connection.reason : CloseReason::kPeer);
  }
  return 0;
}

void FrontLoop::GoOn(Connection& connection) {
  if (!connection.held.empty()) {
    std::string held = std::exchange(connection.held, {});
    const size_t used = Consume(connection, held);
    const std::string_view rest = std::string_view(held).substr(used);
    Hold(connection, std::move(held), rest);
  }
  Receive(connection);
}

size_t FrontLoop::Consume(Connection& connection, std::string_view bytes) {
  size_t used = 0;
  while (used < bytes.size()) {
    const std::string_view rest = bytes.substr(used);
    size_t step = 0;
    if (connection.state == ConnectionState::kHead) {
      step = ConsumeHead(connection, rest);
    } else if (connection.state == ConnectionState::kBody) {
      step = ConsumeBody(connection, rest);
    }
    if (step == 0) {
      break;
    }
    used += step;
  }
  return used;
}

size_t FrontLoop::ConsumeHead(Connection& connection, std::string_view bytes) {
  HeadScanner& scanner = connection.scanner;
  switch (scanner.Scan(bytes, head_limits_)) {
    case HeadScanner::Result::kIncomplete:
      if (budget_->exhausted()) {
        Reject(connection, RejectReason::kBuffersFull, BusyAnswer("out of buffer memory"));
      }
      return 0;
    case HeadScanner::Result::kRefused:
      RejectHead(connection, bytes[0] == kTlsRecord ? kTlsAtPlain : scanner.error());
      return 0;
    case HeadScanner::Result::kComplete:
      break;
  }
  const size_t end = scanner.head_end();
  const std::string_view head = bytes.substr(scanner.head_begin(), end - scanner.head_begin());
  scanner.Reset();
  deadlines_.Disarm(connection);
  BeginRequest(connection, head);
  return end;
}

size_t FrontLoop::ConsumeBody(Connection& connection, std::string_view bytes) {
  Exchange& exchange = *connection.exchange;
  if (exchange.framing.chunked) {
    return ConsumeChunks(connection, bytes);
  }
  const uint64_t missing = exchange.missing();
  const std::string_view piece = bytes.substr(0, std::min<uint64_t>(missing, bytes.size()));
  const BodyBuffer::Room room = exchange.body.Append(piece);
  if (room != BodyBuffer::Room::kOk) {
    RejectBody(connection, room);
  } else if (piece.size() == missing) {
    Dispatch(connection);
  } else {
    HandOnIfFull(connection);
  }
  return piece.size();
}

size_t FrontLoop::ConsumeChunks(Connection& connection, std::string_view bytes) {
  Exchange& exchange = *connection.exchange;
  size_t used = 0;
  while (used < bytes.size()) {
    const ChunkedDecoder::Step step = exchange.chunks.Next(bytes.substr(used));
    used += step.used;
    const BodyBuffer::Room room = exchange.body.Append(step.data);
    if (room != BodyBuffer::Room::kOk) {
      RejectBody(connection, room);
      return used;
    }
    switch (step.result) {
      case ChunkedDecoder::Result::kMore:
        if (HandOnIfFull(connection)) {
          return used;
        }
        break;
      case ChunkedDecoder::Result::kDone:
        Dispatch(connection);
        return used;
      case ChunkedDecoder::Result::kMalformed:
        RejectHead(connection, {400, "malformed chunked body"});
        return used;
      case ChunkedDecoder::Result::kOverhead:
        RejectHead(connection, {431, "chunk extensions or trailers too large"});
        return used;
    }
  }
  return used;
}

void FrontLoop::Hold(Connection& connection, std::string&& held, std::string_view rest) {
  if (connection.state == ConnectionState::kFree ||
      connection.state == ConnectionState::kLingering) {
    return;
  }
  if (rest.empty()) {
    connection.held = {};
  } else if (held.empty()) {
    connection.held.assign(rest);
  } else {
    held.erase(0, held.size() - rest.size());
    connection.held = std::move(held);
  }
  Recharge(connection);
  // The head's time begins with its first byte and does not begin anew with the next ones.
  if (connection.state == ConnectionState::kHead && !connection.held.empty() &&
      connection.deadline.kind != DeadlineKind::kHeader) {
    deadlines_.Arm(connection, DeadlineKind::kHeader, now_);
  }
}

void FrontLoop::BeginRequest(Connection& connection, std::string_view head) {
  HttpRequest request;
  request.listener = connection.listener;
  request.sender = connection.peer->first.bits;
  Framing framing;
  connection.head_only = false;
  if (const HeadError error = ParseHead(head, head_limits_, request, framing); error.status != 0) {
    RejectHead(connection, error);
    return;
  }
  if (connection.from_proxy) {
    if (const auto sender = SenderOf(request, proxies_)) request.sender = sender->Prefix();
  }
  connection.keep_alive = framing.keep_alive;
  connection.http_1_0 = framing.http_1_0;
  connection.head_only = request.method == "HEAD";
  if (connection.listener == Listener::kPrivate) {
    if (auto refusal = guard_.Refuse(request, LocalAddressOf(connection.fd))) {
      Reject(connection, RejectReason::kForeign, *std::move(refusal));
      return;
    }
  }

  HeadVerdict verdict;
  try {
    verdict = judge_(request);
  } catch (const std::exception& error) {
    log::Error("judge a request's head: {}", error.what());
    verdict = HttpResponse::Text(500, "internal error");
  } catch (...) {
    verdict = HttpResponse::Text(500, "internal error");
  }
  if (HttpResponse* const answer = std::get_if<HttpResponse>(&verdict)) {
    Send(connection, std::move(*answer),
         framing.has_body() ? AfterAnswer::kLinger : After(connection, true));
    return;
  }
  BeginBody(connection, std::move(request), framing, *std::get<const Route*>(verdict));
}

void FrontLoop::BeginBody(Connection& connection, HttpRequest&& request, const Framing& framing,
                          const Route& route) {
  connection.for_any_site = route.for_any_site;
  const bool streams = std::holds_alternative<StreamedBody>(route.body);
  const bool ignored = std::holds_alternative<IgnoredBody>(route.body);
  if (framing.expectation == Expectation::kUnknown) {
    Reject(connection, RejectReason::kExpectation,
           HttpResponse::Text(417, "the only expectation understood is 100-continue"));
    return;
  }
  if (streams && under_way_[route.lane] >= QueueOf(route.lane)) {
    // Now, and not after gigabytes.
    Reject(connection, RejectReason::kLaneFull, BusyAnswer("too many requests at once"));
    return;
  }
  if (!streams && framing.content_length > MaxBytesOf(route.body)) {
    RejectBody(connection, BodyBuffer::Room::kTooLarge);
    return;
  }
  if (!ignored && (framing.coding == ContentCoding::kUnknown ||
                   (framing.coding == ContentCoding::kZstd && !streams))) {
    Reject(connection, RejectReason::kCoding,
           HttpResponse::Text(415, streams ? "Content-Encoding must be gzip, zstd or identity"
                                           : "Content-Encoding must be gzip or identity"));
    return;
  }
  // Room for what is received before a part is handed on.
  const size_t cap =
      streams ? options_.upload_part_bytes + scratch_.size() + kTurnBytes : MaxBytesOf(route.body);
  connection.exchange = std::make_unique<Exchange>(budget_, route, cap, options_.max_header_bytes);
  Exchange& exchange = *connection.exchange;
  exchange.request = std::move(request);
  exchange.framing = framing;
  if (!framing.has_body()) {
    Dispatch(connection);
    return;
  }
  if (!framing.chunked) {
    exchange.body.ExpectBytes(framing.content_length);
  }
  connection.state = ConnectionState::kBody;
  deadlines_.Arm(connection, streams ? DeadlineKind::kStall : DeadlineKind::kBody, now_);
  if (framing.expectation == Expectation::kContinue) {
    SendContinue(connection);
  }
}

}  // namespace rollcall::http
