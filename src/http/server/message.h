// A complete HTTP/1.x request as the front hands it on, and the answer it takes back.
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
  std::string value;  // blanks around it removed
};

// Equal where case does not matter. `_` is not `-`: who sets or strips the one need not know the
// other.
bool SameHeaderName(std::string_view a, std::string_view b);

// Which door a request came in by.
#define ROLLCALL_LISTENERS(ROW) ROW(kPublic, "public") ROW(kPrivate, "private")
ROLLCALL_NAMED_ENUM(Listener, ROLLCALL_LISTENERS);

struct HttpRequest {
  Listener listener = Listener::kPublic;
  std::string method;  // as sent, a token: "GET", "POST", …
  // In origin form, not decoded; starts with '/'. An absolute form was reduced to it.
  std::string target;
  std::vector<HttpHeader> headers;
  // De-chunked, and inflated where Content-Encoding was gzip; that header is then gone. A streamed
  // body (StreamedBody) was not inflated.
  std::string body;
  // Set: the body is this, which is still coming in, and `body` is empty.
  std::shared_ptr<BodyPipe> body_pipe = nullptr;
  // Asked to stop once nobody waits for the answer, or the front does no longer. Never of a report,
  // which is worth storing all the same.
  std::stop_token stop;

  // The part of the target before '?', not decoded.
  std::string_view path() const { return std::string_view(target).substr(0, target.find('?')); }
  // The value of the first header of that name; nullopt where there is none.
  std::optional<std::string_view> Header(std::string_view name) const;
};

struct HttpResponse {
  int status = 200;
  std::vector<HttpHeader> headers;  // without Content-Length, Connection and Date: the front's
  std::string body;
  // Set: the body is this, and `body` is not looked at.
  std::shared_ptr<BodyStream> stream = nullptr;

  // A line of text with a newline, `text/plain; charset=utf-8`.
  static HttpResponse Text(int status, std::string line);
};

// An answer for a sender who may try again soon.
HttpResponse BusyAnswer(const char* why);

// The one answer to one request. Move-only. Respond may be called from any thread, once; a
// Responder that goes away unanswered answers 500. It may outlive the connection and the front:
// then the answer goes nowhere.
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
