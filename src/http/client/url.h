// An absolute http or https URL, in parts.
#pragma once

#include <string>
#include <string_view>

#include "base/status.h"

namespace rollcall::http {

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

}  // namespace rollcall::http
