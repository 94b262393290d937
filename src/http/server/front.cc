#include "http/server/front.h"

#include <pthread.h>

#include <algorithm>
#include <exception>
#include <system_error>
#include <thread>
#include <utility>

#include "base/log.h"
#include "http/server/front_loop.h"
#include "http/server/inflate.h"

namespace rollcall::http {
namespace {

template <typename... Visits>
struct Overloaded : Visits... {
  using Visits::operator()...;
};
template <typename... Visits>
Overloaded(Visits...) -> Overloaded<Visits...>;

// Threads of a lane, and how many jobs one of them takes at once: reports are cheap each; a query
// may be dear, so none waits behind it while another thread is free.
struct LaneThreads {
  size_t threads;
  size_t batch;
};

LaneThreads ThreadsOf(Lane lane, const FrontOptions& options) {
  switch (lane) {
    case Lane::kIngest:
      return {options.ingest_threads, 16};
    case Lane::kQuery:
    case Lane::kUpstream:
      return {options.query_threads, 1};
    case Lane::kPromql:
      return {options.promql_threads, 1};
    case Lane::kBulk:
    case Lane::kImport:
    case Lane::kProbe:  // none of them waits for anything
    case Lane::kMetrics:
    case Lane::kStream:
      break;
  }
  return {1, 1};
}

HttpResponse AnswerTo(InflateResult result) {
  switch (result) {
    case InflateResult::kMalformed:
      return HttpResponse::Text(400, "the request's body is not valid gzip");
    case InflateResult::kTooLarge:
      return HttpResponse::Text(413, "the request's body is too large inflated");
    case InflateResult::kBudgetExhausted:
      return BusyAnswer("out of buffer memory");
    case InflateResult::kOk:
      break;
  }
  return HttpResponse();
}

}  // namespace

class HttpFront::Impl {
 public:
  explicit Impl(const FrontOptions& options)
      : options_(options),
        mailbox_(std::make_shared<Mailbox>()),
        budget_(std::make_shared<BufferBudget>(options.max_buffered_bytes)) {
    lanes_.ForEach([this](Lane lane, std::unique_ptr<WorkerLane>& workers) {
      workers = std::make_unique<WorkerLane>(std::string("http-") + NameOf(lane),
                                             ThreadsOf(lane, options_).batch,
                                             [this](Job&& job) { Work(std::move(job)); });
    });
  }

  Status Start(Judge judge, metrics::Registry& registry) {
    Result<Networks> proxies = Networks::Parse(options_.trusted_proxies);
    if (!proxies.ok()) return proxies.status().WithContext("trusted proxies");
    ROLLCALL_RETURN_IF_ERROR(LoadCertificate(options_.public_tls, Listener::kPublic, registry));
    ROLLCALL_RETURN_IF_ERROR(LoadCertificate(options_.private_tls, Listener::kPrivate, registry));
    std::vector<FrontLoop::Door> doors;
    ROLLCALL_RETURN_IF_ERROR(
        Open(options_.public_socket, options_.public_address, Listener::kPublic, doors));
    if (options_.private_socket >= 0 || !options_.private_address.empty()) {
      ROLLCALL_RETURN_IF_ERROR(
          Open(options_.private_socket, options_.private_address, Listener::kPrivate, doors));
    }
    loop_ = std::make_unique<FrontLoop>(options_, std::move(proxies).value(), std::move(judge),
                                        std::move(doors), mailbox_, budget_, lanes_, registry);
    ROLLCALL_RETURN_IF_ERROR(loop_->Prepare());
    Status started;
    lanes_.ForEach([&](Lane lane, std::unique_ptr<WorkerLane>& workers) {
      if (started.ok()) started = workers->Start(ThreadsOf(lane, options_).threads);
    });
    ROLLCALL_RETURN_IF_ERROR(started);
    try {
      thread_ = std::thread([this] { loop_->Run(); });
      pthread_setname_np(thread_.native_handle(), "http-loop");
    } catch (const std::system_error& error) {
      return Status::Unavailable(std::string("start the front's loop: ") + error.what());
    }
    return Status::Ok();
  }

  void Stop(std::chrono::milliseconds grace) {
    if (thread_.joinable()) {
      mailbox_->RequestStop(std::chrono::steady_clock::now() + grace);
      thread_.join();
    }
    mailbox_->Close();
    for (const std::unique_ptr<WorkerLane>& workers : lanes_) workers->Stop();
  }

  bool IsTurning() {
    const uint64_t turns = mailbox_->turns();
    mailbox_->Nudge();
    return std::exchange(turns_seen_, turns) != turns;
  }

  void FollowFiles() {
    for (const std::unique_ptr<TlsCertificate>& certificate : certificates_) {
      if (certificate != nullptr) certificate->FollowFiles();
    }
  }

  int port(Listener listener) const { return ports_[listener]; }

 private:
  Status LoadCertificate(const TlsFiles& files, Listener listener, metrics::Registry& registry) {
    if (files.certificate.empty()) return Status::Ok();
    auto certificate = TlsCertificate::Load(files, NameOf(listener), registry);
    if (!certificate.ok()) return certificate.status();
    certificates_[listener] = std::move(certificate).value();
    return Status::Ok();
  }

  Status Open(int passed, const std::string& address, Listener listener,
              std::vector<FrontLoop::Door>& doors) {
    Result<ListeningSocket> socket = passed >= 0 ? ListenOnPassed(passed) : ListenOn(address);
    if (!socket.ok()) {
      return socket.status();
    }
    ports_[listener] = socket->port;
    doors.push_back({listener, std::move(*socket), certificates_[listener].get()});
    return Status::Ok();
  }

  void Work(Job&& job) {
    const std::shared_ptr<Ticket> ticket = std::move(job.ticket);
    std::visit(Overloaded{[&](WholeRequest& whole) {
                            if (!IsDropped(ticket)) Handle(std::move(whole.request), ticket);
                          },
                          [&](PackedRequest& packed) {
                            if (!IsDropped(ticket)) Inflate(std::move(packed.request), ticket);
                          },
                          [&](NextPiece& next) { Make(*next.stream, *ticket); }},
               job.work);
  }

  // Nobody waits for what was not begun yet. The loop is told, for it counts.
  static bool IsDropped(const std::shared_ptr<Ticket>& ticket) {
    if (!ticket->client_left.load(std::memory_order_relaxed)) return false;
    ticket->mailbox->Post(RequestAnswered{ticket->connection, ticket->lane, {}, {}});
    return true;
  }

  // A body that turns out to be large goes back to the loop, which has a lane for such.
  void Inflate(HttpRequest&& request, const std::shared_ptr<Ticket>& ticket) {
    const size_t most = MaxBytesOf(ticket->route->body);
    const size_t cap =
        ticket->lane == Lane::kIngest ? std::min(most, options_.bulk_body_bytes) : most;
    BodyBuffer inflated(budget_, cap);
    const InflateResult result = InflateGzip(request.body, inflated);
    if (result == InflateResult::kTooLarge && cap < most) {
      ticket->mailbox->Post(FoundLarge{ticket, std::move(request)});
      return;
    }
    if (result != InflateResult::kOk) {
      return Ticket::MakeResponder(ticket).Respond(AnswerTo(result));
    }
    auto [body, charge] = std::move(inflated).Take();
    request.body = std::move(body);
    ticket->body = std::move(charge);
    std::erase_if(request.headers, [](const HttpHeader& header) {
      return SameHeaderName(header.name, "Content-Encoding");
    });
    Handle(std::move(request), ticket);
  }

  static void Handle(HttpRequest&& request, const std::shared_ptr<Ticket>& ticket) {
    const Route& route = *ticket->route;
    log::Debug("{} {} ({})", request.method, request.path(), route.metric);
    Responder responder = Ticket::MakeResponder(ticket);
    if (!ticket->ReserveAnswer()) return responder.Respond(BusyAnswer("out of buffer memory"));
    try {
      route.handler(std::move(request), std::move(responder));
    } catch (const std::exception& error) {
      // The responder has answered 500 as it went away.
      log::Error("handle a request: {}", error.what());
    } catch (...) {
      log::Error("handle a request: an exception of no known kind");
    }
  }

  static void Make(BodyStream& stream, const Ticket& ticket) {
    PieceMade piece;
    piece.connection = ticket.connection;
    Result<bool> more = Status::Internal("an exception");
    try {
      more = stream.Next(piece.bytes);
    } catch (const std::exception& error) {
      more = Status::Internal(error.what());
    }
    if (!more.ok()) log::Error("stream an answer: {}", more.status().message());
    piece.end = !more.ok() ? PieceMade::End::kBrokenOff
                : *more    ? PieceMade::End::kMoreToCome
                           : PieceMade::End::kLast;
    ticket.mailbox->Post(std::move(piece));
  }

  const FrontOptions options_;
  const std::shared_ptr<Mailbox> mailbox_;
  const std::shared_ptr<BufferBudget> budget_;
  EnumArray<Listener, int> ports_;
  uint64_t turns_seen_ = UINT64_MAX;  // of the loop, at the last IsTurning
  EnumArray<Listener, std::unique_ptr<TlsCertificate>> certificates_;  // null: plain HTTP
  EnumArray<Lane, std::unique_ptr<WorkerLane>> lanes_;
  std::unique_ptr<FrontLoop> loop_;
  std::thread thread_;
};

Result<std::unique_ptr<HttpFront>> HttpFront::Start(const FrontOptions& options, Judge judge,
                                                    metrics::Registry& registry) {
  auto impl = std::make_unique<Impl>(options);
  if (Status status = impl->Start(std::move(judge), registry); !status.ok()) {
    impl->Stop(std::chrono::milliseconds(0));
    return status;
  }
  return std::unique_ptr<HttpFront>(new HttpFront(std::move(impl)));
}

HttpFront::HttpFront(std::unique_ptr<Impl> impl) : impl_(std::move(impl)) {}

HttpFront::~HttpFront() { Stop(std::chrono::milliseconds(0)); }

void HttpFront::Stop(std::chrono::milliseconds grace) { impl_->Stop(grace); }

bool HttpFront::IsTurning() { return impl_->IsTurning(); }
void HttpFront::FollowFiles() { impl_->FollowFiles(); }

int HttpFront::public_port() const { return impl_->port(Listener::kPublic); }

int HttpFront::private_port() const { return impl_->port(Listener::kPrivate); }

}  // namespace rollcall::http
