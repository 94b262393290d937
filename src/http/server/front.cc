#include "http/server/front.h"

#include <pthread.h>

#include <array>
#include <exception>
#include <system_error>
#include <thread>
#include <utility>

#include "base/log.h"
#include "http/server/front_loop.h"
#include "http/server/inflate.h"

namespace rollcall::http {
namespace {

// Reports are cheap each, so a thread takes several; a query may be dear, so none waits behind it
// while another thread is free.
constexpr size_t kIngestBatch = 16;
constexpr size_t kQueryBatch = 1;

// False: the request has been answered.
bool InflateBody(Job& job, const std::shared_ptr<BufferBudget>& budget) {
  BodyBuffer inflated(budget, job.max_body_bytes);
  switch (InflateGzip(job.request.body, inflated)) {
    case InflateResult::kOk:
      break;
    case InflateResult::kMalformed:
      job.responder.Respond(HttpResponse::Text(400, "the request's body is not valid gzip"));
      return false;
    case InflateResult::kTooLarge:
      job.responder.Respond(HttpResponse::Text(413, "the request's body is too large inflated"));
      return false;
    case InflateResult::kBudgetExhausted:
      job.responder.Respond(BusyAnswer("out of buffer memory"));
      return false;
  }
  auto [body, charge] = std::move(inflated).Take();
  job.request.body = std::move(body);
  job.compressed->body = std::move(charge);
  std::erase_if(job.request.headers, [](const HttpHeader& header) {
    return SameHeaderName(header.name, "Content-Encoding");
  });
  return true;
}

}  // namespace

class HttpFront::Impl {
 public:
  Impl(const FrontOptions& options, Handle handle)
      : handle_(std::move(handle)),
        mailbox_(std::make_shared<Mailbox>()),
        budget_(std::make_shared<BufferBudget>(options.max_buffered_bytes)),
        ingest_("http-ingest", kIngestBatch, [this](Job&& job) { Work(Lane::kIngest, job); }),
        query_("http-query", kQueryBatch, [this](Job&& job) { Work(Lane::kQuery, job); }),
        import_("http-import", 1, [this](Job&& job) { Work(Lane::kImport, job); }),
        upstream_("http-upstream", 1, [this](Job&& job) { Work(Lane::kUpstream, job); }),
        stream_("http-stream", 1, Stream) {}

  Status Start(const FrontOptions& options, Judge judge, metrics::Registry& registry) {
    std::vector<FrontLoop::Door> doors;
    ROLLCALL_RETURN_IF_ERROR(Open(options.public_address, Listener::kPublic, doors));
    if (!options.private_address.empty()) {
      ROLLCALL_RETURN_IF_ERROR(Open(options.private_address, Listener::kPrivate, doors));
    }
    loop_ = std::make_unique<FrontLoop>(
        options, std::move(judge), std::move(doors), mailbox_, budget_,
        std::array{&ingest_, &query_, &import_, &upstream_, &stream_}, registry);
    ROLLCALL_RETURN_IF_ERROR(loop_->Prepare());
    ROLLCALL_RETURN_IF_ERROR(ingest_.Start(options.ingest_threads));
    ROLLCALL_RETURN_IF_ERROR(query_.Start(options.query_threads));
    ROLLCALL_RETURN_IF_ERROR(import_.Start(1));
    ROLLCALL_RETURN_IF_ERROR(upstream_.Start(options.query_threads));
    ROLLCALL_RETURN_IF_ERROR(stream_.Start(1));
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
    ingest_.Stop();
    query_.Stop();
    import_.Stop();
    upstream_.Stop();
    stream_.Stop();
  }

  int port(Listener listener) const { return ports_[static_cast<size_t>(listener)]; }

 private:
  Status Open(const std::string& address, Listener listener, std::vector<FrontLoop::Door>& doors) {
    Result<ListeningSocket> socket = ListenOn(address);
    if (!socket.ok()) {
      return socket.status();
    }
    ports_[static_cast<size_t>(listener)] = socket->port;
    doors.push_back({listener, std::move(*socket)});
    return Status::Ok();
  }

  // The answer goes to the loop alone. 200: a piece with more behind it; 204: the last one.
  static void Stream(Job&& job) {
    HttpResponse piece;
    Result<bool> more = Status::Internal("an exception");
    try {
      more = job.stream->Next(piece.body);
    } catch (const std::exception& error) {
      more = Status::Internal(error.what());
    }
    if (!more.ok()) {
      log::Error("stream an answer: {}", more.status().message());
      piece.body.clear();
    }
    piece.status = !more.ok() ? 500 : *more ? 200 : 204;
    job.responder.Respond(std::move(piece));
  }

  void Work(Lane lane, Job& job) {
    if (job.compressed != nullptr) {
      if (!InflateBody(job, budget_)) {
        return;
      }
      job.compressed.reset();
    }
    try {
      handle_(lane, std::move(job.request), std::move(job.responder));
    } catch (const std::exception& error) {
      // The responder has answered 500 as it went away.
      log::Error("handle a request: {}", error.what());
    } catch (...) {
      log::Error("handle a request: an exception of no known kind");
    }
  }

  const Handle handle_;
  const std::shared_ptr<Mailbox> mailbox_;
  const std::shared_ptr<BufferBudget> budget_;
  std::array<int, 2> ports_{};
  WorkerLane ingest_;
  WorkerLane query_;
  WorkerLane import_;
  WorkerLane upstream_;
  WorkerLane stream_;
  std::unique_ptr<FrontLoop> loop_;
  std::thread thread_;
};

Result<std::unique_ptr<HttpFront>> HttpFront::Start(const FrontOptions& options, Judge judge,
                                                    Handle handle, metrics::Registry& registry) {
  auto impl = std::make_unique<Impl>(options, std::move(handle));
  if (Status status = impl->Start(options, std::move(judge), registry); !status.ok()) {
    impl->Stop(std::chrono::milliseconds(0));
    return status;
  }
  return std::unique_ptr<HttpFront>(new HttpFront(std::move(impl)));
}

HttpFront::HttpFront(std::unique_ptr<Impl> impl) : impl_(std::move(impl)) {}

HttpFront::~HttpFront() { Stop(std::chrono::milliseconds(0)); }

void HttpFront::Stop(std::chrono::milliseconds grace) { impl_->Stop(grace); }

int HttpFront::public_port() const { return impl_->port(Listener::kPublic); }

int HttpFront::private_port() const { return impl_->port(Listener::kPrivate); }

}  // namespace rollcall::http
