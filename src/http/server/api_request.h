// The request as handlers that answer before they return see it, and the adapter that makes a
// route's handler of one. An ApiRequest belongs to the call of its handler; its thread only.
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

// A request with its path and parameters decoded. It and the views it returns are valid until the
// handler returns.
class ApiRequest {
 public:
  // Reads the parameters of the query, then those of a posted form. `request` must outlive
  // this object.
  explicit ApiRequest(const HttpRequest& request);

  Listener listener() const { return request_.listener; }
  const std::string& method() const { return request_.method; }
  const std::string& path() const { return path_; }
  const std::string& body() const { return request_.body; }
  // Returns the pipe by which a large body arrives while body() is empty; null where body() is the
  // whole body.
  BodyPipe* body_pipe() const { return request_.body_pipe.get(); }
  std::optional<std::string_view> Header(std::string_view name) const {
    return request_.Header(name);
  }
  // Returns the token by which a stop is requested once nobody waits for the answer; a handler that
  // takes long must check it now and then.
  const std::stop_token& stop() const { return request_.stop; }
  // Returns the parameter's first value; nullopt where it is not given.
  std::optional<std::string> Param(std::string_view name) const { return parameters_.First(name); }
  // Returns all values of the parameter, in the order given.
  std::vector<std::string> AllOf(std::string_view name) const { return parameters_.AllOf(name); }

 private:
  const HttpRequest& request_;
  std::string path_;
  Parameters parameters_;
};

// Fills in the answer, which starts as an empty 200. An exception becomes a 500 that does not
// reveal what was thrown.
using ApiHandler = std::function<void(const ApiRequest&, HttpResponse&)>;

// Returns a route's handler that calls `handler` and sends the answer when it returns. Text, JSON
// and the like of 1 KiB or more are sent as gzip to clients that accept it, unless the handler has
// set a Content-Encoding.
Route::Handler Answering(ApiHandler handler);

}  // namespace rollcall::http
