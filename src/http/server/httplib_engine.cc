#include "http/server/httplib_engine.h"

#include <httplib.h>

#include <algorithm>
#include <array>
#include <cstring>
#include <exception>
#include <map>
#include <utility>

#include "base/log.h"
#include "http/server/text.h"

namespace rollcall::http {
namespace {

constexpr size_t kMinCompressedBytes = 1024;  // below it a packet is a packet

// A request's head in memory; what the library writes is dropped, for the answer is taken from it
// before it is written.
class MemoryStream final : public httplib::Stream {
 public:
  explicit MemoryStream(std::string_view input) : input_(input) {}

  bool is_readable() const override { return !input_.empty(); }
  bool is_writable() const override { return true; }
  ssize_t read(char* to, size_t size) override {
    const size_t n = std::min(size, input_.size());
    std::memcpy(to, input_.data(), n);
    input_.remove_prefix(n);
    return static_cast<ssize_t>(n);
  }
  ssize_t write(const char*, size_t size) override { return static_cast<ssize_t>(size); }
  void get_remote_ip_and_port(std::string&, int&) const override {}
  void get_local_ip_and_port(std::string&, int&) const override {}
  // The library compares it with FD_SETSIZE and uses it for nothing else here.
  socket_t socket() const override { return 0; }

 private:
  std::string_view input_;
};

const std::string* FindHeader(const HttpResponse& response, std::string_view name) {
  const auto found =
      std::find_if(response.headers.begin(), response.headers.end(),
                   [&](const HttpHeader& header) { return SameHeaderName(header.name, name); });
  return found == response.headers.end() ? nullptr : &found->value;
}

// The head that the library reads: its own method (ours may be one that it does not know), the
// target, and no header of the peer's, since it trusts some (REMOTE_ADDR) and decodes others.
std::string NormalizedHead(const HttpRequest& request) {
  constexpr std::string_view kBefore = "GET ";
  constexpr std::string_view kAfter = " HTTP/1.1\r\n";
  constexpr std::string_view kGzip = "Accept-Encoding: gzip\r\n";
  std::string head;
  head.reserve(kBefore.size() + request.target.size() + kAfter.size() + kGzip.size() + 2);
  head.append(kBefore);
  // A query may hold '?'; the library takes a second one for a malformed target.
  bool in_query = false;
  for (const char c : request.target) {
    if (c == '?' && std::exchange(in_query, true)) {
      head.append("%3F");
    } else {
      head.push_back(c);
    }
  }
  head.append(kAfter);
  if (TakesGzip(request.Header("Accept-Encoding").value_or(""))) {
    head.append(kGzip);
  }
  head.append("\r\n");
  return head;
}

}  // namespace

// The library's server without its sockets and threads. Of its routes none is used: they are
// regular expressions that are tried one by one.
class HttplibEngine::Server : private httplib::Server {
 public:
  Server() {
    set_pre_routing_handler([this](const httplib::Request& request, httplib::Response& response) {
      Route(request, response);
      return HandlerResponse::Handled;
    });
    // The last that is called before the library writes, and what it has compressed is here.
    set_post_routing_handler(
        [](const httplib::Request&, httplib::Response& response) { TakeAnswer(response); });
  }

  void Mount(Listener listener, std::string path, ApiHandler handler) {
    handlers_[static_cast<size_t>(listener)][std::move(path)] = std::move(handler);
  }

  void MountFolder(Listener listener, std::string folder, ApiHandler handler) {
    folders_[static_cast<size_t>(listener)][std::move(folder)] = std::move(handler);
  }

  HttpResponse Process(const HttpRequest& request) {
    Call call{request, {}, false};
    Call* const outer = std::exchange(current_, &call);
    const std::string head = NormalizedHead(request);
    MemoryStream stream(head);
    bool connection_closed = false;
    try {
      process_request(stream, false, connection_closed, nullptr);
    } catch (const std::exception& error) {
      log::Error("answer {} {}: {}", request.method, request.path(), error.what());
      call.answer = HttpResponse::Text(500, "internal error");
    }
    current_ = outer;
    return std::move(call.answer);
  }

 private:
  // One run through the library. It gives its handlers no place to pass anything along, but calls
  // them on the thread that entered it.
  struct Call {
    const HttpRequest& request;
    HttpResponse answer;
    bool lent_body = false;  // the library has the answer's body, to compress it
  };

  using Handlers = std::map<std::string, ApiHandler, std::less<>>;

  // nullptr: there is none.
  const ApiHandler* Find(Listener listener, std::string_view path) const {
    const auto index = static_cast<size_t>(listener);
    if (const auto at = handlers_[index].find(path); at != handlers_[index].end()) {
      return &at->second;
    }
    const auto in = folders_[index].find(path.substr(0, path.rfind('/') + 1));
    return in == folders_[index].end() ? nullptr : &in->second;
  }

  void Route(const httplib::Request& parsed, httplib::Response& response) {
    Call& call = *current_;
    const ApiHandler* const handler = Find(call.request.listener, parsed.path);
    if (handler == nullptr) {
      call.answer = HttpResponse::Text(404, "not found");
    } else {
      const ApiRequest::Params params = [&](const std::string& name,
                                            size_t index) -> std::optional<std::string> {
        if (index >= parsed.get_param_value_count(name)) {
          return std::nullopt;
        }
        return parsed.get_param_value(name, index);
      };
      try {
        (*handler)(ApiRequest(call.request, parsed.path, params), call.answer);
      } catch (const std::exception& error) {
        log::Error("handle {} {}: {}", call.request.method, parsed.path, error.what());
        call.answer = HttpResponse::Text(500, "internal error");
      } catch (...) {
        call.answer = HttpResponse::Text(500, "internal error");
      }
    }
    response.status = call.answer.status;
    const std::string* type = FindHeader(call.answer, "Content-Type");
    if (type != nullptr && call.answer.body.size() >= kMinCompressedBytes &&
        FindHeader(call.answer, "Content-Encoding") == nullptr) {
      // Of the type it wants the media type alone.
      response.set_content(std::string(), type->substr(0, type->find(';')));
      response.body.swap(call.answer.body);
      call.lent_body = true;
    }
  }

  static void TakeAnswer(httplib::Response& response) {
    Call& call = *current_;
    if (call.lent_body) {
      call.answer.body.swap(response.body);
      if (response.has_header("Content-Encoding")) {
        call.answer.headers.push_back(
            {"Content-Encoding", response.get_header_value("Content-Encoding")});
      }
      if (FindHeader(call.answer, "Vary") == nullptr) {
        call.answer.headers.push_back({"Vary", "Accept-Encoding"});
      }
      call.lent_body = false;
    } else if (response.status != call.answer.status) {
      // The library refused the head before it came to a handler.
      const bool too_long = response.status == 414;
      call.answer = HttpResponse::Text(response.status,
                                       too_long ? "request target too long" : "malformed request");
    }
    response.body.clear();
  }

  static thread_local Call* current_;

  // By Listener.
  std::array<Handlers, 2> handlers_;
  std::array<Handlers, 2> folders_;
};

thread_local HttplibEngine::Server::Call* HttplibEngine::Server::current_ = nullptr;

HttplibEngine::HttplibEngine() : server_(std::make_unique<Server>()) {
  // The library fills tables of its own at the first request: here, before there are other threads.
  HttpRequest request;
  request.method = "GET";
  request.target = "/";
  Process(request);
}

HttplibEngine::~HttplibEngine() = default;

void HttplibEngine::Mount(Listener listener, std::string path, ApiHandler handler) {
  server_->Mount(listener, std::move(path), std::move(handler));
}

void HttplibEngine::MountFolder(Listener listener, std::string folder, ApiHandler handler) {
  server_->MountFolder(listener, std::move(folder), std::move(handler));
}

HttpResponse HttplibEngine::Process(const HttpRequest& request) const {
  return server_->Process(request);
}

}  // namespace rollcall::http
