// A small HTTP/1.1 client for rollcall's own requests to other servers, over http and https, with
// the server's certificate checked against the system's store. Every call ends by its deadline,
// receives a bounded number of bytes (HttpGetStream alone has no such bounds), and can be stopped
// from another thread.
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
  // The timeouts and max_response_bytes must be greater than 0.
  std::chrono::milliseconds connect_timeout{5'000};  // for the TCP connection to one address
  std::chrono::milliseconds read_timeout{10'000};    // the server's longest silence
  std::chrono::milliseconds total_timeout{30'000};  // the whole call, name lookup and redirects too
  size_t max_response_bytes = 4 * 1024 * 1024;      // of the body, inclusive
  int max_redirects = 3;                            // followed by HttpGet; 0: none
  std::string authorization = {};  // the value of that header, sent wherever a redirect leads too
};

struct HttpClientResponse {
  int status = 0;
  std::vector<std::pair<std::string, std::string>> headers;  // names as sent
  std::string body;

  // Returns the value of the first header of that name, ignoring case; null where there is none.
  const std::string* Header(std::string_view name) const;
};

using HttpHeaders = std::vector<std::pair<std::string, std::string>>;

// Returns the next piece of a body to send, valid until the next call; an empty one means that the
// body is complete. A failure ends the sending call, which returns it.
using BodySource = std::function<Result<std::string_view>()>;

// Takes the next piece of a received body, valid until it returns. A failure ends the receiving
// call, which returns it.
using BodySink = std::function<Status(std::string_view)>;

// A client of one server, whose connection is kept open from call to call and made anew where it
// was lost. For one thread at a time. Does not follow redirects: they are answers like any other.
class HttpClient {
 public:
  // Returns a client of the server that `base_url` names by its scheme, host and port; its target
  // is ignored. Opens no connection yet. InvalidArgument: the URL or an option is not valid.
  static Result<std::unique_ptr<HttpClient>> Make(const std::string& base_url,
                                                  const HttpClientOptions& options);
  ~HttpClient();
  HttpClient(const HttpClient&) = delete;
  HttpClient& operator=(const HttpClient&) = delete;

  // Posts `body` and returns any complete answer, whatever its status, and whether or not all of
  // the body was sent when it arrived. Unavailable: there was no answer (no connection, timeout,
  // stopped, cut off, certificate refused). InvalidArgument: the target is bad, or the answer
  // exceeds a bound. A stop request ends the call at once. Requires `headers` that are valid in a
  // request's head.
  Result<HttpClientResponse> Post(const std::string& target, const HttpHeaders& headers,
                                  const char* content_type, std::string_view body,
                                  std::stop_token stop = {});

 private:
  friend Result<HttpClientResponse> HttpGet(const std::string&, const HttpClientOptions&,
                                            std::stop_token);
  friend Result<HttpClientResponse> HttpDelete(const std::string&, const HttpClientOptions&,
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

// Sends one GET over a connection of its own. Follows redirects, but never from https to http.
// Otherwise as HttpClient::Post. Thread-safe.
Result<HttpClientResponse> HttpGet(const std::string& url, const HttpClientOptions& options,
                                   std::stop_token stop = {});

// Sends one DELETE, without a body, over a connection of its own. Does not follow redirects.
// Otherwise as HttpClient::Post. Thread-safe.
Result<HttpClientResponse> HttpDelete(const std::string& url, const HttpClientOptions& options,
                                      std::stop_token stop = {});

// Sends one POST over a connection of its own, with the pieces that `next` returns as a chunked
// body: of any size, in bounded memory. An answer that arrives before the body is complete ends the
// sending. total_timeout counts from the call, read_timeout from the body's end to the answer's
// first byte. Does not follow redirects. Otherwise as HttpClient::Post. Thread-safe.
Result<HttpClientResponse> HttpPostStream(const std::string& url, const char* content_type,
                                          const BodySource& next, const HttpClientOptions& options,
                                          std::stop_token stop = {});

// Sends one GET over a connection of its own and passes the answer's body to `sink` as it arrives:
// of any size, in bounded memory, as fast as the sink takes it. Only the body of a 200 goes to the
// sink; that of another answer is returned, up to max_response_bytes. The only deadline is
// read_timeout, for silences; total_timeout is ignored. Unavailable also where the body ends too
// early: the sink has then had its beginning. Does not follow redirects. Otherwise as
// HttpClient::Post. Thread-safe.
Result<HttpClientResponse> HttpGetStream(const std::string& url, const BodySink& sink,
                                         const HttpClientOptions& options,
                                         std::stop_token stop = {});

}  // namespace rollcall::http
