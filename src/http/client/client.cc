#include "http/client/client.h"

#include <httplib.h>

#include <algorithm>
#include <csignal>
#include <cstdint>
#include <cstdlib>
#include <functional>
#include <mutex>

#include "http/client/bounded_stream.h"
#include "http/client/connection_watchdog.h"
#include "http/client/host_lookup.h"
#include "http/client/url.h"

namespace rollcall::http {
namespace {

using std::chrono::milliseconds;
using SteadyTime = std::chrono::steady_clock::time_point;

constexpr size_t kMaxHeadBytes = 64 * 1024;
constexpr std::chrono::hours kNoDeadline{24 * 365};
// One byte of content may cost six on the wire: a chunk of its own.
constexpr size_t kMaxWireBytesPerBodyByte = 8;

constexpr size_t kPieceBytes = 16 * 1024;

template <typename Base>
class BoundedClient final : public Base {
 public:
  BoundedClient(const HttpUrl& url, const HttpClientOptions& options, ByteBudget& budget)
      : Base(url.host, url.port), timeout_(options.read_timeout), budget_(budget) {}

 private:
  bool process_socket(const typename Base::Socket& socket,
                      std::function<bool(httplib::Stream&)> callback) override {
    BoundedStream stream(socket.sock, socket.ssl, timeout_, budget_);
    return callback(stream);
  }

  const milliseconds timeout_;
  ByteBudget& budget_;
};

// The TLS library writes without MSG_NOSIGNAL: a server that hangs up would end the process.
void IgnoreBrokenPipes() {
  static std::once_flag once;
  std::call_once(once, [] {
    struct sigaction current {};
    if (sigaction(SIGPIPE, nullptr, &current) == 0 && current.sa_handler == SIG_DFL) {
      std::signal(SIGPIPE, SIG_IGN);
    }
  });
}

std::string Milliseconds(milliseconds time) { return std::to_string(time.count()) + " ms"; }

}  // namespace

class HttpClient::Impl {
 public:
  Impl(HttpUrl url, const HttpClientOptions& options, bool keep_alive)
      : url_(std::move(url)), options_(options) {
    IgnoreBrokenPipes();
    if (url_.tls) {
      client_ = std::make_unique<BoundedClient<httplib::SSLClient>>(url_, options, budget_);
      client_->enable_server_certificate_verification(true);
    } else {
      client_ = std::make_unique<BoundedClient<httplib::ClientImpl>>(url_, options, budget_);
    }
    client_->set_keep_alive(keep_alive);
    client_->set_follow_location(false);
    client_->set_url_encode(false);
    client_->set_decompress(false);
    client_->set_tcp_nodelay(true);
    client_->set_read_timeout(options.read_timeout);
    client_->set_write_timeout(options.read_timeout);
    client_->set_socket_options([this](socket_t socket) { socket_.Take(socket); });
  }

  const HttpUrl& url() const { return url_; }
  milliseconds total_timeout() const { return options_.total_timeout; }

  Result<HttpClientResponse> Get(const std::string& target, SteadyTime deadline,
                                 const std::stop_token& stop) {
    return Guarded(StepOf("GET", target), [&] {
      return Ask([&](Answer& answer) { return ExchangeGet(target, answer); }, deadline, stop);
    });
  }

  Result<HttpClientResponse> Delete(SteadyTime deadline, const std::stop_token& stop) {
    return Guarded(StepOf("DELETE", url_.target), [&] {
      return Ask([&](Answer& answer) { return ExchangeDelete(answer); }, deadline, stop);
    });
  }

  Result<HttpClientResponse> GetStream(const BodySink& sink, const std::stop_token& stop) {
    Status failure;
    auto response = Guarded(StepOf("GET", url_.target), [&] {
      return Ask(
          [&](Answer& answer) { return ExchangeGetStream(url_.target, sink, failure, answer); },
          std::chrono::steady_clock::now() + kNoDeadline, stop);
    });
    return failure.ok() ? std::move(response) : failure;
  }

  Result<HttpClientResponse> Post(const std::string& target, const HttpHeaders& headers,
                                  const char* content_type, std::string_view body,
                                  SteadyTime deadline, const std::stop_token& stop) {
    return Guarded(StepOf("POST", target), [&] {
      return Ask(
          [&](Answer& answer) { return ExchangePost(target, headers, content_type, body, answer); },
          deadline, stop);
    });
  }

  Result<HttpClientResponse> PostStream(const char* content_type, const BodySource& next,
                                        SteadyTime deadline, const std::stop_token& stop) {
    Status failure;
    auto response = Guarded(StepOf("POST", url_.target), [&] {
      return Ask(
          [&](Answer& answer) {
            return ExchangePostStream(url_.target, content_type, next, failure, answer);
          },
          deadline, stop);
    });
    return failure.ok() ? std::move(response) : failure;
  }

 private:
  struct Answer {
    HttpClientResponse response;
    bool too_large = false;
  };
  using Exchange = std::function<httplib::Error(Answer&)>;

  std::string StepOf(const char* method, const std::string& target) const {
    HttpUrl url = url_;
    url.target = target;
    return std::string(method) + " " + url.ToString();
  }

  // The library reports by value, but what it stands on may throw.
  template <typename Work>
  static Result<HttpClientResponse> Guarded(const std::string& step, Work work) {
    try {
      Result<HttpClientResponse> response = work();
      return response.ok() ? std::move(response) : response.status().WithContext(step);
    } catch (const std::exception& e) {
      return Status::Internal(step + ": " + e.what());
    } catch (...) {
      return Status::Internal(step + ": unknown exception");
    }
  }

  Result<HttpClientResponse> Ask(const Exchange& exchange, SteadyTime deadline,
                                 const std::stop_token& stop) {
    // An open connection needs no address; it was made by an earlier call.
    std::vector<std::string> addresses;
    if (client_->is_socket_open() == 0) {
      auto found = LookUpHost(url_.host, deadline, stop);
      if (!found.ok()) return found.status();
      addresses = std::move(found).value();
    }
    size_t next = 0;
    for (;;) {
      const auto left =
          std::chrono::ceil<milliseconds>(deadline - std::chrono::steady_clock::now());
      if (stop.stop_requested()) return Status::Unavailable("stopped");
      if (left.count() <= 0) return OutOfTime();
      if (next < addresses.size()) client_->set_hostname_addr_map({{url_.host, addresses[next]}});
      ++next;
      client_->set_connection_timeout(std::min(options_.connect_timeout, left));

      Answer answer;
      httplib::Error error;
      {
        const ConnectionWatchdog watchdog(socket_, deadline, stop);
        error = exchange(answer);
        if (watchdog.bit()) error = httplib::Error::Canceled;
      }
      if (error == httplib::Error::Success) return std::move(answer.response);
      client_->stop();
      socket_.Release();
      if (stop.stop_requested()) return Status::Unavailable("stopped");
      if (std::chrono::steady_clock::now() >= deadline) return OutOfTime();
      if (error == httplib::Error::Connection && next < addresses.size()) continue;
      return Explain(error, answer);
    }
  }

  httplib::Headers UsualHeaders() const {
    httplib::Headers headers = {{"User-Agent", "rollcall/" ROLLCALL_VERSION},
                                {"Accept", "*/*"},
                                {"Accept-Encoding", "identity"}};
    if (!options_.authorization.empty()) headers.emplace("Authorization", options_.authorization);
    return headers;
  }

  httplib::Error ExchangePost(const std::string& target, const HttpHeaders& more_headers,
                              const char* content_type, std::string_view body, Answer& answer) {
    httplib::Headers headers = UsualHeaders();
    headers.insert(more_headers.begin(), more_headers.end());
    budget_ = {kMaxHeadBytes + options_.max_response_bytes};
    const httplib::Error error =
        Take(client_->Post(
                 target, headers, body.size(),
                 [&](size_t offset, size_t size, httplib::DataSink& sink) {
                   budget_.uploading = true;
                   // In pieces, so that an answer that comes early is seen.
                   sink.write(body.data() + offset, std::min(size, kPieceBytes));
                   return true;
                 },
                 content_type),
             answer);
    // The rest of the body was not sent: what came next would be taken for it.
    if (budget_.answered) client_->stop();
    return error;
  }

  static httplib::Error TakeHead(const httplib::Result& result, Answer& answer) {
    if (!result) return result.error();
    answer.response.status = result->status;
    answer.response.headers.assign(result->headers.begin(), result->headers.end());
    return httplib::Error::Success;
  }

  static httplib::Error Take(const httplib::Result& result, Answer& answer) {
    if (result) answer.response.body = result->body;
    return TakeHead(result, answer);
  }

  httplib::Error ExchangePostStream(const std::string& target, const char* content_type,
                                    const BodySource& next, Status& failure, Answer& answer) {
    const httplib::Headers headers = UsualHeaders();
    budget_ = {kMaxHeadBytes + options_.max_response_bytes};
    const httplib::Result result = client_->Post(
        target, headers,
        [&](size_t, httplib::DataSink& sink) {
          budget_.uploading = true;
          if (budget_.answered) {
            sink.done();
            return true;
          }
          const Result<std::string_view> piece = next();
          failure = piece.status();
          if (!piece.ok()) return false;
          if (piece->empty()) {
            sink.done();
          } else {
            sink.write(piece->data(), piece->size());
          }
          return true;
        },
        content_type);
    return Take(result, answer);
  }

  // False: the body is over its bound.
  bool Append(std::string_view bytes, Answer& answer) const {
    answer.too_large = bytes.size() > options_.max_response_bytes - answer.response.body.size();
    if (!answer.too_large) answer.response.body.append(bytes);
    return !answer.too_large;
  }

  httplib::Error ExchangeGetStream(const std::string& target, const BodySink& sink, Status& failure,
                                   Answer& answer) {
    const httplib::Headers headers = UsualHeaders();
    budget_ = {kMaxHeadBytes};
    const size_t max = options_.max_response_bytes;
    const httplib::Result result = client_->Get(
        target, headers,
        [&](const httplib::Response& head) {
          answer.response.status = head.status;
          budget_.left = head.status == 200 ? SIZE_MAX : kMaxHeadBytes + max;
          return true;
        },
        [&](const char* bytes, size_t size) {
          if (answer.response.status != 200) return Append({bytes, size}, answer);
          failure = sink({bytes, size});
          return failure.ok();
        });
    return TakeHead(result, answer);
  }

  httplib::Error ExchangeGet(const std::string& target, Answer& answer) {
    const httplib::Headers headers = UsualHeaders();
    budget_ = {kMaxHeadBytes};
    const size_t max = options_.max_response_bytes;
    const httplib::Result result = client_->Get(
        target, headers,
        [&](const httplib::Response& head) {
          answer.response.status = head.status;
          const std::string length = head.get_header_value("Content-Length");
          answer.too_large = !length.empty() && std::strtoull(length.c_str(), nullptr, 10) > max;
          budget_.left = max < SIZE_MAX / kMaxWireBytesPerBodyByte - kMaxHeadBytes
                             ? kMaxHeadBytes + max * kMaxWireBytesPerBodyByte
                             : SIZE_MAX;
          return !answer.too_large;
        },
        [&](const char* bytes, size_t size) {
          return Append({bytes, size}, answer);
        });
    return TakeHead(result, answer);
  }

  httplib::Error ExchangeDelete(Answer& answer) {
    budget_ = {kMaxHeadBytes + options_.max_response_bytes};
    return Take(client_->Delete(url_.target, UsualHeaders()), answer);
  }

  Status OutOfTime() const {
    return Status::Unavailable("no complete answer within " + Milliseconds(options_.total_timeout));
  }

  Status Explain(httplib::Error error, const Answer& answer) const {
    if (answer.too_large) {
      return Status::InvalidArgument("the body is over " +
                                     std::to_string(options_.max_response_bytes) + " bytes");
    }
    if (budget_.exhausted) {
      return Status::InvalidArgument(answer.response.status == 0
                                         ? "the head is over " + std::to_string(kMaxHeadBytes) +
                                               " bytes"
                                         : "the body is wrapped in too many bytes");
    }
    switch (error) {
      case httplib::Error::Connection:
        return Status::Unavailable("cannot connect: refused, unreachable or no answer within " +
                                   Milliseconds(options_.connect_timeout));
      case httplib::Error::SSLConnection:
        return Status::Unavailable("the TLS handshake failed");
      case httplib::Error::SSLLoadingCerts:
        return Status::Unavailable("cannot read the system's certificate store");
      case httplib::Error::SSLServerVerification:
        return Status::Unavailable("the server's certificate is not trusted or not for this host");
      case httplib::Error::Read:
        return Status::Unavailable("the answer is not HTTP, was cut off, or stalled for " +
                                   Milliseconds(options_.read_timeout));
      case httplib::Error::Write:
        return Status::Unavailable("the connection was closed while the request was sent");
      default:
        return Status::Unavailable("the exchange failed: " + httplib::to_string(error));
    }
  }

  const HttpUrl url_;
  const HttpClientOptions options_;
  ByteBudget budget_;
  SocketHold socket_;
  std::unique_ptr<httplib::ClientImpl> client_;  // last: it refers to what stands above
};

namespace {

Status CheckOptions(const HttpClientOptions& options) {
  if (options.connect_timeout.count() <= 0 || options.read_timeout.count() <= 0 ||
      options.total_timeout.count() <= 0 || options.max_response_bytes == 0) {
    return Status::InvalidArgument("HTTP client: timeouts and the body's bound must be over 0");
  }
  return Status::Ok();
}

bool IsRedirect(int status) {
  return status == 301 || status == 302 || status == 303 || status == 307 || status == 308;
}

}  // namespace

HttpClient::HttpClient(std::unique_ptr<Impl> impl) : impl_(std::move(impl)) {}
HttpClient::~HttpClient() = default;

Result<std::unique_ptr<HttpClient>> HttpClient::Make(const std::string& base_url,
                                                     const HttpClientOptions& options) {
  ROLLCALL_RETURN_IF_ERROR(CheckOptions(options));
  auto url = HttpUrl::Parse(base_url);
  if (!url.ok()) return url.status();
  return std::unique_ptr<HttpClient>(
      new HttpClient(std::make_unique<Impl>(std::move(url).value(), options, true)));
}

Result<HttpClientResponse> HttpClient::Post(const std::string& target, const HttpHeaders& headers,
                                            const char* content_type, std::string_view body,
                                            std::stop_token stop) {
  auto checked = impl_->url().Resolve(target);
  if (!checked.ok() || !target.starts_with('/')) {
    return Status::InvalidArgument("POST: the target must start with / and hold no blanks");
  }
  return impl_->Post(checked->target, headers, content_type, body,
                     std::chrono::steady_clock::now() + impl_->total_timeout(), stop);
}

Result<HttpClientResponse> HttpGet(const std::string& url, const HttpClientOptions& options,
                                   std::stop_token stop) {
  ROLLCALL_RETURN_IF_ERROR(CheckOptions(options));
  const SteadyTime deadline = std::chrono::steady_clock::now() + options.total_timeout;
  auto current = HttpUrl::Parse(url);
  for (int redirects = 0;; ++redirects) {
    if (!current.ok()) return current.status();
    HttpClient::Impl client(*current, options, false);
    auto response = client.Get(current->target, deadline, stop);
    if (!response.ok() || !IsRedirect(response->status) || options.max_redirects == 0) {
      return response;
    }
    const std::string step = "GET " + current->ToString() + ": ";
    const std::string* location = response->Header("Location");
    if (location == nullptr) return Status::Unavailable(step + "a redirect without Location");
    if (redirects == options.max_redirects) {
      return Status::Unavailable(step + "more than " + std::to_string(options.max_redirects) +
                                 " redirects");
    }
    auto next = current->Resolve(*location);
    if (next.ok() && current->tls && !next->tls) {
      return Status::Unavailable(step + "redirected from https to http");
    }
    if (!next.ok()) return next.status().WithContext(step.substr(0, step.size() - 2));
    current = std::move(next);
  }
}

Result<HttpClientResponse> HttpDelete(const std::string& url, const HttpClientOptions& options,
                                      std::stop_token stop) {
  ROLLCALL_RETURN_IF_ERROR(CheckOptions(options));
  const SteadyTime deadline = std::chrono::steady_clock::now() + options.total_timeout;
  auto parsed = HttpUrl::Parse(url);
  if (!parsed.ok()) return parsed.status();
  return HttpClient::Impl(*parsed, options, false).Delete(deadline, stop);
}

Result<HttpClientResponse> HttpPostStream(const std::string& url, const char* content_type,
                                          const BodySource& next, const HttpClientOptions& options,
                                          std::stop_token stop) {
  ROLLCALL_RETURN_IF_ERROR(CheckOptions(options));
  const SteadyTime deadline = std::chrono::steady_clock::now() + options.total_timeout;
  auto parsed = HttpUrl::Parse(url);
  if (!parsed.ok()) return parsed.status();
  return HttpClient::Impl(*parsed, options, false).PostStream(content_type, next, deadline, stop);
}

Result<HttpClientResponse> HttpGetStream(const std::string& url, const BodySink& sink,
                                         const HttpClientOptions& options, std::stop_token stop) {
  ROLLCALL_RETURN_IF_ERROR(CheckOptions(options));
  auto parsed = HttpUrl::Parse(url);
  if (!parsed.ok()) return parsed.status();
  return HttpClient::Impl(*parsed, options, false).GetStream(sink, stop);
}

}  // namespace rollcall::http
