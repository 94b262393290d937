// URLs: the one parser for flags that name a server, for the HTTP client, and for redirects. Plain
// values and pure functions; any thread.
#pragma once

#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/status.h"

namespace rollcall::http {

// An absolute http or https URL, in parts.
struct HttpUrl {
  bool tls = false;
  std::string host;    // lower case; an IPv6 address without its brackets
  int port = 0;        // 1..65535
  std::string target;  // path and query, starts with '/'; a fragment is dropped

  // Parses an absolute URL. InvalidArgument: the message names the part that is wrong. URLs with
  // user names are refused, because they would end up in logs.
  static Result<HttpUrl> Parse(std::string_view text);
  // Returns the URL that a Location header in an answer to this URL points to. InvalidArgument:
  // as Parse.
  Result<HttpUrl> Resolve(std::string_view location) const;

  std::string ToString() const;
};

using UrlParameters = std::vector<std::pair<std::string, std::string>>;

// Returns the URL of a request: `base` as a person typed it, which may end in slashes, followed
// by a path of the server's API and by the parameters, whose names and values are
// percent-encoded here.
std::string RequestUrl(std::string_view base, std::string_view path,
                       const UrlParameters& parameters);

}  // namespace rollcall::http
