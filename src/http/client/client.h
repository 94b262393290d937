// A small HTTP/1.1 client for what rollcall itself asks of others: http and https, the server's
// certificate checked against the system's store. Every call ends by its deadline, takes a bounded
// number of bytes, and can be stopped from outside.
#pragma once

#include <chrono>
#include <cstddef>
#include <functional>
#include <memory>
#include <stop_token>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/status.h"

namespace rollcall::http {

struct HttpClientOptions {
  // All four must be over 0.
  std::chrono::milliseconds connect_timeout{5'000};  // TCP connection to one address
  std::chrono::milliseconds read_timeout{10'000};    // longest silence of the other side
  std::chrono::milliseconds total_timeout{30'000};  // the whole call, redirects and name lookup too
  size_t max_response_bytes = 4 * 1024 * 1024;      // of the body, inclusive
  int max_redirects = 3;                            // of HttpGet; 0: none is followed
};

struct HttpClientResponse {
  int status = 0;
  std::vector<std::pair<std::string, std::string>> headers;  // names as sent
  std::string body;

  // The first header of that name in any case; null where there is none.
  const std::string* Header(std::string_view name) const;
};

using HttpHeaders = std::vector<std::pair<std::string, std::string>>;

// The next piece of a body, valid until the next call; an empty one: the body is whole. A failure
// ends the call that sends it, and is what that returns.
using BodySource = std::function<Result<std::string_view>()>;

// Takes the next piece of a body, which is valid for the call. A failure ends the call that brings
// it, and is what that returns.
using BodySink = std::function<Status(std::string_view)>;

// A connection to one server that is kept open from call to call and made anew when it was lost.
// For one thread at a time. Redirects are answers like any other.
class HttpClient {
 public:
  // `base_url`: its scheme, host and port are used, its target is not. Opens nothing yet.
  static Result<std::unique_ptr<HttpClient>> Make(const std::string& base_url,
                                                  const HttpClientOptions& options);
  ~HttpClient();
  HttpClient(const HttpClient&) = delete;
  HttpClient& operator=(const HttpClient&) = delete;

  // Any complete answer, whatever its status, and whether or not all of the body was sent when it
  // came. Unavailable: no answer (no connection, time over, stopped, cut off, certificate refused).
  // InvalidArgument: a bad target, or an answer over a bound. A stop request ends the call at once.
  // `headers` must be fit to stand in a head.
  Result<HttpClientResponse> Post(const std::string& target, const HttpHeaders& headers,
                                  const char* content_type, std::string_view body,
                                  std::stop_token stop = {});

 private:
  friend Result<HttpClientResponse> HttpGet(const std::string&, const HttpClientOptions&,
                                            std::stop_token);
  friend Result<HttpClientResponse> HttpPostStream(const std::string&, const char*,
                                                   const BodySource&, const HttpClientOptions&,
                                                   std::stop_token);
  friend Result<HttpClientResponse> HttpGetStream(const std::string&, const BodySink&,
                                                  const HttpClientOptions&, std::stop_token);
  class Impl;
  explicit HttpClient(std::unique_ptr<Impl> impl);
  std::unique_ptr<Impl> impl_;
};

// One GET over a connection of its own, redirects followed, but never from https to http. Otherwise
// as HttpClient::Post. Thread-safe.
Result<HttpClientResponse> HttpGet(const std::string& url, const HttpClientOptions& options,
                                   std::stop_token stop = {});

// One POST over a connection of its own, the body in chunks as `next` brings them: of any size, in
// bounded memory. An answer that comes before the body is whole ends the sending. total_timeout
// counts from the call, read_timeout from the body's end to the answer's first byte. Redirects are
// answers like any other. Otherwise as HttpClient::Post. Thread-safe.
Result<HttpClientResponse> HttpPostStream(const std::string& url, const char* content_type,
                                          const BodySource& next, const HttpClientOptions& options,
                                          std::stop_token stop = {});

// One GET over a connection of its own, whose body goes to `sink` as it comes: of any size, in
// bounded memory, as fast as the sink takes it. Only a 200 is for the sink; another answer's body
// is kept, up to max_response_bytes. There is no deadline but read_timeout, for a silence;
// total_timeout counts for nothing. Unavailable also where the body ends too early: then the sink
// has had its beginning. Redirects are answers like any other. Otherwise as HttpClient::Post.
// Thread-safe.
Result<HttpClientResponse> HttpGetStream(const std::string& url, const BodySink& sink,
                                         const HttpClientOptions& options,
                                         std::stop_token stop = {});

}  // namespace rollcall::http
