// Finds the handler of a request by its exact path and lets cpp-httplib do what it is good at:
// decode path and query, and compress answers. The library never sees a socket: each request goes
// through it as a stream in memory. Owned by the application; Mount before the first Process, which
// any number of threads may call at a time.
#pragma once

#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "http/server/message.h"

namespace rollcall::http {

// What a handler sees of a request. It and its views live as long as the handler's call.
class ApiRequest {
 public:
  // The value of a parameter's `index`th mention, decoded; nullopt where there is none.
  using Params = std::function<std::optional<std::string>(const std::string& name, size_t index)>;
  ApiRequest(const HttpRequest& request, const std::string& path, const Params& params)
      : request_(request), path_(path), params_(params) {}

  Listener listener() const { return request_.listener; }
  const std::string& method() const { return request_.method; }
  const std::string& path() const { return path_; }  // decoded
  const std::string& body() const { return request_.body; }
  // Set: the body is this, and body() is empty.
  BodyPipe* body_pipe() const { return request_.body_pipe.get(); }
  std::optional<std::string_view> Header(std::string_view name) const {
    return request_.Header(name);
  }
  // The first value of a repeated parameter.
  std::optional<std::string> Param(const std::string& name) const { return params_(name, 0); }
  // All of them, in their order.
  std::vector<std::string> AllOf(const std::string& name) const {
    std::vector<std::string> values;
    while (auto value = params_(name, values.size())) values.push_back(*std::move(value));
    return values;
  }

 private:
  const HttpRequest& request_;
  const std::string& path_;
  const Params& params_;
};

// Fills the answer, which begins as an empty 200. All methods come here: which one is allowed is
// the handler's to say. What it throws becomes a 500 that says nothing of it.
using ApiHandler = std::function<void(const ApiRequest&, HttpResponse&)>;

class HttplibEngine {
 public:
  HttplibEngine();
  ~HttplibEngine();
  HttplibEngine(const HttplibEngine&) = delete;
  HttplibEngine& operator=(const HttplibEngine&) = delete;

  // A path mounted at one listener does not exist at the other. The last one of a path counts.
  void Mount(Listener listener, std::string path, ApiHandler handler);
  // The same for every path that is `folder`, which ends with a slash, and a name in it.
  void MountFolder(Listener listener, std::string folder, ApiHandler handler);

  // 404 where no handler is mounted, 414 where the request line is over the library's bound of 8
  // KiB. Text, JSON and the like of 1 KiB and more are sent as gzip to those who take it, unless
  // the handler has set a Content-Encoding.
  HttpResponse Process(const HttpRequest& request) const;

 private:
  class Server;
  std::unique_ptr<Server> server_;
};

}  // namespace rollcall::http
