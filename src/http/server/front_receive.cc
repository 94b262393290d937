#include <netdb.h>
#include <sys/socket.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <exception>
#include <utility>

#include "base/log.h"
#include "http/server/front_loop.h"

namespace rollcall::http {
namespace {

// What one connection may read before the others have their turn.
constexpr size_t kTurnBytes = 64 * 1024;
// Thrown away of a request that was answered unread; a sender that goes on is cut off.
constexpr size_t kMaxLingerBytes = 16 * 1024 * 1024;

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
  ssize_t n = 0;
  do {
    n = recv(connection.fd, room.data(), room.size(), 0);
  } while (n < 0 && errno == EINTR);
  if (n > 0) {
    const auto received = static_cast<size_t>(n);
    if (connection.deadline.kind == DeadlineKind::kStall) {
      deadlines_.Arm(connection, DeadlineKind::kStall, now_);
    }
    // A short read means that the kernel has no more. It says so again when more comes, but the end
    // that it has told of it tells once.
    if (received < room.size() && !connection.peer_ended) {
      connection.may_read = false;
    }
    return received;
  }
  if (n < 0 && errno == EAGAIN) {
    connection.may_read = false;
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
      RejectHead(connection, scanner.error());
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
  Framing framing;
  connection.head_only = false;
  if (const HeadError error = ParseHead(head, head_limits_, request, framing); error.status != 0) {
    RejectHead(connection, error);
    return;
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

size_t FrontLoop::QueueOf(Lane lane) const {
  switch (lane) {
    case Lane::kIngest:
      return options_.ingest_queue;
    case Lane::kQuery:
    case Lane::kUpstream:
      return options_.query_queue;
    case Lane::kImport:
      return options_.import_queue;
    case Lane::kBulk:
      return options_.bulk_queue;
    case Lane::kProbe:
    case Lane::kMetrics:
      return options_.probe_queue;
    case Lane::kStream:
      break;
  }
  return SIZE_MAX;
}

void FrontLoop::Dispatch(Connection& connection) {
  const std::unique_ptr<Exchange> exchange = std::move(connection.exchange);
  if (exchange->pipe != nullptr) {
    auto [part, charge] = std::move(exchange->body).Take();
    exchange->pipe->Put(std::move(part), std::move(charge), true);
    connection.state = ConnectionState::kWorking;
    deadlines_.Disarm(connection);
    return;
  }
  const Route& route = exchange->route;
  const bool is_bulk =
      route.lane == Lane::kIngest && exchange->body.size() > options_.bulk_body_bytes;
  const Lane lane = is_bulk ? Lane::kBulk : route.lane;
  if (under_way_[lane] >= QueueOf(lane)) {
    RejectJob(connection);
    return;
  }
  Job job{TicketFor(connection, lane), {}};
  GiveToWorker(connection, route, job.ticket);
  HttpRequest& request = exchange->request;
  request.stop = job.ticket->stop.get_token();
  auto [body, charge] = std::move(exchange->body).Take();
  if (!std::holds_alternative<IgnoredBody>(route.body)) {
    request.body = std::move(body);
    job.ticket->body = std::move(charge);
  }
  if (exchange->framing.coding == ContentCoding::kGzip &&
      std::holds_alternative<BoundedBody>(route.body)) {
    job.work = PackedRequest{std::move(request)};
  } else {
    job.work = WholeRequest{std::move(request)};
  }
  HandOut(std::move(job));
}

// From now on the connection waits for its answer.
void FrontLoop::GiveToWorker(Connection& connection, const Route& route,
                             const std::shared_ptr<Ticket>& ticket) {
  ticket->route = &route;
  connection.ticket = ticket;
  connection.state = ConnectionState::kWorking;
  deadlines_.Disarm(connection);
  if (IsForItsAnswer(ticket->lane)) {
    ticket->stop = std::stop_source();
    if (connection.peer_ended) deadlines_.Arm(connection, DeadlineKind::kHangup, now_);
  }
}

void FrontLoop::RejectJob(Connection& connection) {
  metrics_.Rejected(RejectReason::kLaneFull);
  Send(connection, BusyAnswer("too many requests at once"), After(connection, true));
}

void FrontLoop::Take(FoundLarge& large) {
  --under_way_[large.ticket->lane];
  Connection* const connection = connections_.Find(large.ticket->connection);
  if (connection == nullptr) {
    return;
  }
  if (under_way_[Lane::kBulk] < QueueOf(Lane::kBulk)) {
    large.ticket->lane = Lane::kBulk;
    HandOut({std::move(large.ticket), PackedRequest{std::move(large.request)}});
    return;
  }
  RejectJob(*connection);
  if (connection->state == ConnectionState::kHead) {
    GoOn(*connection);
  }
}

std::shared_ptr<Ticket> FrontLoop::TicketFor(const Connection& connection, Lane lane) const {
  auto ticket = std::make_shared<Ticket>();
  ticket->mailbox = mailbox_;
  ticket->connection = connection.id;
  ticket->lane = lane;
  ticket->complete_at = now_;
  ticket->answer = BudgetCharge(budget_);
  return ticket;
}

void FrontLoop::HandOut(Job&& job) {
  const Lane lane = job.ticket->lane;
  jobs_[lane].push_back(std::move(job));
  ++under_way_[lane];
}

}  // namespace rollcall::http
