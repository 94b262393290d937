#include "http/server/message.h"

namespace rollcall::http {
namespace {

char LowerByte(char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c; }

}  // namespace

bool SameHeaderName(std::string_view a, std::string_view b) {
  if (a.size() != b.size()) {
    return false;
  }
  for (size_t i = 0; i < a.size(); ++i) {
    if (LowerByte(a[i]) != LowerByte(b[i])) {
      return false;
    }
  }
  return true;
}

std::optional<std::string_view> HttpRequest::Header(std::string_view name) const {
  for (const HttpHeader& header : headers) {
    if (SameHeaderName(header.name, name)) {
      return header.value;
    }
  }
  return std::nullopt;
}

HttpResponse HttpResponse::Text(int status, std::string line) {
  HttpResponse response;
  response.status = status;
  response.headers.push_back({"Content-Type", "text/plain; charset=utf-8"});
  response.body = std::move(line);
  response.body.push_back('\n');
  return response;
}

HttpResponse BusyAnswer(const char* why) {
  HttpResponse response = HttpResponse::Text(503, why);
  response.headers.push_back({"Retry-After", "1"});
  return response;
}

Responder& Responder::operator=(Responder&& other) noexcept {
  if (this != &other) {
    Responder abandoned(std::move(*this));
    sink_ = std::exchange(other.sink_, nullptr);
  }
  return *this;
}

Responder::~Responder() {
  if (sink_) {
    Respond(HttpResponse::Text(500, "internal error"));
  }
}

void Responder::Respond(HttpResponse&& response) {
  if (Sink sink = std::exchange(sink_, nullptr)) {
    sink(std::move(response));
  }
}

}  // namespace rollcall::http
