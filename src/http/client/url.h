// The one grammar of URLs: of the flags that name a server, of the client that asks it, and of the
// redirects that it answers. Values; pure functions.
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

  // InvalidArgument names the part that is wrong. User names in URLs are refused: they end up in
  // logs.
  static Result<HttpUrl> Parse(std::string_view text);
  // What a Location header of an answer to this URL points to.
  Result<HttpUrl> Resolve(std::string_view location) const;

  std::string ToString() const;
};

using UrlParameters = std::vector<std::pair<std::string, std::string>>;

// The URL of a request to a server: its base as a person typed it, which may end in slashes, a path
// of its API, and parameters, whose names and values are encoded here.
std::string RequestUrl(std::string_view base, std::string_view path,
                       const UrlParameters& parameters);

}  // namespace rollcall::http
