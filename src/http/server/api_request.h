// What a handler that answers at once sees of a request, and how it becomes a route's handler.
#pragma once

#include <functional>
#include <optional>
#include <stop_token>
#include <string>
#include <string_view>
#include <vector>

#include "http/server/message.h"
#include "http/server/parameters.h"
#include "http/server/route.h"

namespace rollcall::http {

// A request with its path and parameters decoded. It and its views live as long as the handler's
// call.
class ApiRequest {
 public:
  // The parameters are those of the query, then those of a posted form. `request` outlives it.
  explicit ApiRequest(const HttpRequest& request);

  Listener listener() const { return request_.listener; }
  const std::string& method() const { return request_.method; }
  const std::string& path() const { return path_; }
  const std::string& body() const { return request_.body; }
  // Set: the body is this, and body() is empty.
  BodyPipe* body_pipe() const { return request_.body_pipe.get(); }
  std::optional<std::string_view> Header(std::string_view name) const {
    return request_.Header(name);
  }
  // Asked to stop once nobody waits for the answer: what takes long looks at it now and then.
  const std::stop_token& stop() const { return request_.stop; }
  // The first value of a repeated parameter.
  std::optional<std::string> Param(std::string_view name) const { return parameters_.First(name); }
  // All of them, in their order.
  std::vector<std::string> AllOf(std::string_view name) const { return parameters_.AllOf(name); }

 private:
  const HttpRequest& request_;
  std::string path_;
  Parameters parameters_;
};

// Fills the answer, which begins as an empty 200. What it throws becomes a 500 that says nothing of
// it.
using ApiHandler = std::function<void(const ApiRequest&, HttpResponse&)>;

// Answers when `handler` returns. Text, JSON and the like of 1 KiB and more go out as gzip to those
// who take it, unless the handler has set a Content-Encoding.
Route::Handler Answering(ApiHandler handler);

}  // namespace rollcall::http
