// An HTTP/1.x request as the front hands it to the application, the answer to it, and the Responder
// by which the application gives that answer. Plain values but for the Responder; each has one
// owner at a time.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <stop_token>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/named_enum.h"
#include "http/server/body_pipe.h"
#include "http/server/body_stream.h"

namespace rollcall::http {

struct HttpHeader {
  std::string name;   // as sent
  std::string value;  // without the blanks around it
};

// Returns whether two header names are equal, ignoring case. `_` and `-` differ: a proxy that sets
// or strips the one need not know the other.
bool SameHeaderName(std::string_view a, std::string_view b);

// The listener that a request came in by.
#define ROLLCALL_LISTENERS(ROW) ROW(kPublic, "public") ROW(kPrivate, "private")
ROLLCALL_NAMED_ENUM(Listener, ROLLCALL_LISTENERS);

struct HttpRequest {
  Listener listener = Listener::kPublic;
  uint64_t sender = 0;  // the prefix of the address that sends it, IpAddress::Prefix
  std::string method;   // a token, as sent: "GET", "POST", …
  // In origin form, not decoded; starts with '/'. A target in absolute form is reduced to it.
  std::string target;
  std::vector<HttpHeader> headers;
  // De-chunked, and inflated where Content-Encoding was gzip; that header is then removed. A
  // streamed body (StreamedBody) is not inflated.
  std::string body;
  // Where set, the body is still arriving through this pipe, and `body` is empty.
  std::shared_ptr<BodyPipe> body_pipe = nullptr;
  // A stop is requested once nobody waits for the answer, or the front closes the connection. Never
  // for reports and imports, which are worth storing all the same.
  std::stop_token stop;

  // Returns the part of the target before '?', not decoded.
  std::string_view path() const { return std::string_view(target).substr(0, target.find('?')); }
  // Returns the value of the first header of that name; nullopt where there is none.
  std::optional<std::string_view> Header(std::string_view name) const;
};

struct HttpResponse {
  int status = 200;
  std::vector<HttpHeader> headers;  // the front adds Content-Length, Connection and Date
  std::string body;
  // Where set, this makes the body, and `body` is ignored.
  std::shared_ptr<BodyStream> stream = nullptr;

  // Returns an answer whose body is `line` and a newline, as `text/plain; charset=utf-8`.
  static HttpResponse Text(int status, std::string line);
};

// Returns a 503 with `why` as its text and a Retry-After of one second.
HttpResponse BusyAnswer(const char* why);

// The means to answer one request, once. Move-only. Respond may be called from any thread; further
// calls do nothing. A Responder destroyed without an answer answers 500. It may outlive the
// connection and the front; its answer is then dropped.
class Responder {
 public:
  using Sink = std::function<void(HttpResponse&&)>;
  Responder() = default;
  explicit Responder(Sink sink) : sink_(std::move(sink)) {}
  Responder(Responder&& other) noexcept : sink_(std::exchange(other.sink_, nullptr)) {}
  Responder& operator=(Responder&& other) noexcept;
  Responder(const Responder&) = delete;
  Responder& operator=(const Responder&) = delete;
  ~Responder();

  void Respond(HttpResponse&& response);

 private:
  Sink sink_;
};

}  // namespace rollcall::http
