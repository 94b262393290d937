#include "forward/http_client.h"

#include <httplib.h>
#include <openssl/err.h>
#include <openssl/ssl.h>
#include <poll.h>
#include <strings.h>
#include <sys/socket.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <csignal>
#include <cstdint>
#include <cstdlib>
#include <functional>
#include <mutex>

#include "forward/connection_watchdog.h"
#include "forward/host_lookup.h"
#include "forward/http_url.h"

namespace rollcall::forward {
namespace {

using std::chrono::milliseconds;
using SteadyTime = std::chrono::steady_clock::time_point;

constexpr size_t kMaxHeadBytes = 64 * 1024;
// One byte of content may cost six on the wire: a chunk of its own.
constexpr size_t kMaxWireBytesPerBodyByte = 8;

// How many more bytes the other side may send; the library itself reads heads and chunk sizes
// without a bound.
struct ByteBudget {
  size_t left = 0;
  bool exhausted = false;
  // While a body is sent: an answer that comes before its end is the server's last word, and the
  // rest of the body is not sent any more.
  bool uploading = false;
  bool answered = false;
};

// The library's view of the connection.
class BoundedStream final : public httplib::Stream {
 public:
  BoundedStream(int socket, SSL* ssl, milliseconds timeout, ByteBudget& budget)
      : socket_(socket), ssl_(ssl), timeout_(timeout), budget_(budget) {}

  bool is_readable() const override {
    return begin_ < end_ || (ssl_ != nullptr && SSL_pending(ssl_) > 0) || Wait(POLLIN);
  }
  bool is_writable() const override { return Wait(POLLOUT); }

  ssize_t read(char* out, size_t size) override {
    if (begin_ == end_) {
      const ssize_t n = Fill();
      if (n <= 0) return n;
    }
    const size_t n = std::min(size, end_ - begin_);
    std::copy_n(buffer_.data() + begin_, n, out);
    begin_ += n;
    return static_cast<ssize_t>(n);
  }

  ssize_t write(const char* bytes, size_t size) override {
    if (Answered()) return static_cast<ssize_t>(size);
    if (!Wait(POLLOUT)) return -1;
    if (ssl_ == nullptr) {
      ssize_t n;
      do {
        n = send(socket_, bytes, size, MSG_NOSIGNAL);
      } while (n < 0 && errno == EINTR);
      return n;
    }
    ERR_clear_error();
    const int n = SSL_write(ssl_, bytes, static_cast<int>(std::min<size_t>(size, 1 << 30)));
    return n > 0 ? n : -1;
  }

  void get_remote_ip_and_port(std::string&, int&) const override {}
  void get_local_ip_and_port(std::string&, int&) const override {}
  socket_t socket() const override { return socket_; }

 private:
  // Over TLS what is there to be read may be none of the answer.
  bool Answered() {
    if (!budget_.uploading || ssl_ != nullptr) return false;
    pollfd poll_for{socket_, POLLIN, 0};
    budget_.answered = budget_.answered || poll(&poll_for, 1, 0) > 0;
    return budget_.answered;
  }

  bool Wait(short events) const {
    pollfd poll_for{socket_, events, 0};
    int n;
    do {
      n = poll(&poll_for, 1,
               static_cast<int>(std::min<milliseconds::rep>(timeout_.count(), 1 << 30)));
    } while (n < 0 && errno == EINTR);
    return n > 0;
  }

  // 0: the other side ended the connection in order. -1: it did not, or said nothing for too long.
  ssize_t Fill() {
    if (budget_.left == 0) {
      budget_.exhausted = true;
      return -1;
    }
    if (!is_readable()) return -1;
    const size_t size = std::min(buffer_.size(), budget_.left);
    ssize_t n;
    if (ssl_ == nullptr) {
      do {
        n = recv(socket_, buffer_.data(), size, 0);
      } while (n < 0 && errno == EINTR);
    } else {
      ERR_clear_error();
      n = SSL_read(ssl_, buffer_.data(), static_cast<int>(size));
      if (n <= 0) n = SSL_get_error(ssl_, static_cast<int>(n)) == SSL_ERROR_ZERO_RETURN ? 0 : -1;
    }
    if (n <= 0) return n;
    begin_ = 0;
    end_ = static_cast<size_t>(n);
    budget_.left -= end_;
    return n;
  }

  const int socket_;
  SSL* const ssl_;
  const milliseconds timeout_;
  ByteBudget& budget_;
  std::array<char, 16 * 1024> buffer_;
  size_t begin_ = 0;  // buffer_[begin_, end_) is still to be read
  size_t end_ = 0;
};

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

const std::string* HttpClientResponse::Header(std::string_view name) const {
  for (const auto& [key, value] : headers) {
    if (key.size() == name.size() && strncasecmp(key.data(), name.data(), name.size()) == 0) {
      return &value;
    }
  }
  return nullptr;
}

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
    HttpUrl url = url_;
    url.target = target;
    const std::string step = "GET " + url.ToString();
    // The library reports by value, but what it stands on may throw.
    try {
      auto response =
          Ask([&](Answer& answer) { return ExchangeGet(target, answer); }, deadline, stop);
      return response.ok() ? std::move(response) : response.status().WithContext(step);
    } catch (const std::exception& e) {
      return Status::Internal(step + ": " + e.what());
    } catch (...) {
      return Status::Internal(step + ": unknown exception");
    }
  }

  Result<HttpClientResponse> Post(const char* content_type, const BodySource& next,
                                  SteadyTime deadline, const std::stop_token& stop) {
    const std::string step = "POST " + url_.ToString();
    Status failure;
    try {
      auto response = Ask(
          [&](Answer& answer) {
            return ExchangePost(url_.target, content_type, next, failure, answer);
          },
          deadline, stop);
      if (!failure.ok()) return failure;
      return response.ok() ? std::move(response) : response.status().WithContext(step);
    } catch (const std::exception& e) {
      return Status::Internal(step + ": " + e.what());
    } catch (...) {
      return Status::Internal(step + ": unknown exception");
    }
  }

 private:
  struct Answer {
    HttpClientResponse response;
    bool too_large = false;
  };
  using Exchange = std::function<httplib::Error(Answer&)>;

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

  httplib::Error ExchangePost(const std::string& target, const char* content_type,
                              const BodySource& next, Status& failure, Answer& answer) {
    const httplib::Headers headers{{"User-Agent", "rollcall/" ROLLCALL_VERSION}, {"Accept", "*/*"}};
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
    if (!result) return result.error();
    answer.response.status = result->status;
    answer.response.headers.assign(result->headers.begin(), result->headers.end());
    answer.response.body = result->body;
    return httplib::Error::Success;
  }

  httplib::Error ExchangeGet(const std::string& target, Answer& answer) {
    const httplib::Headers headers{{"User-Agent", "rollcall/" ROLLCALL_VERSION},
                                   {"Accept", "*/*"},
                                   {"Accept-Encoding", "identity"}};
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
          answer.too_large = size > max - answer.response.body.size();
          if (!answer.too_large) answer.response.body.append(bytes, size);
          return !answer.too_large;
        });
    if (!result) return result.error();
    answer.response.status = result->status;
    answer.response.headers.assign(result->headers.begin(), result->headers.end());
    return httplib::Error::Success;
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

Result<HttpClientResponse> HttpClient::Get(const std::string& target, std::stop_token stop) {
  auto checked = impl_->url().Resolve(target);
  if (!checked.ok() || !target.starts_with('/')) {
    return Status::InvalidArgument("GET: the target must start with / and hold no blanks");
  }
  return impl_->Get(checked->target, std::chrono::steady_clock::now() + impl_->total_timeout(),
                    stop);
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

Result<HttpClientResponse> HttpPostStream(const std::string& url, const char* content_type,
                                          const BodySource& next, const HttpClientOptions& options,
                                          std::stop_token stop) {
  ROLLCALL_RETURN_IF_ERROR(CheckOptions(options));
  const SteadyTime deadline = std::chrono::steady_clock::now() + options.total_timeout;
  auto parsed = HttpUrl::Parse(url);
  if (!parsed.ok()) return parsed.status();
  HttpClient::Impl client(*parsed, options, false);
  return client.Post(content_type, next, deadline, stop);
}

}  // namespace rollcall::forward
