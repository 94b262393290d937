#include "http/client/url.h"

#include <algorithm>
#include <charconv>
#include <cstdint>
#include <utility>

#include "base/text.h"

namespace rollcall::http {
namespace {

constexpr size_t kMaxUrlBytes = 8 * 1024;
constexpr size_t kMaxHostBytes = 253;

Status Invalid(std::string_view text, const std::string& why) {
  return Status::InvalidArgument("parse URL " + QuoteForMessage(text) + ": " + why);
}

bool IsHostName(std::string_view host) {
  return !host.empty() && host.size() <= kMaxHostBytes &&
         std::all_of(host.begin(), host.end(), [](char c) {
           return IsAsciiAlphanumeric(c) || c == '.' || c == '-' || c == '_';
         });
}

bool IsAddress6(std::string_view host) {
  return host.size() >= 2 && host.size() <= 45 && std::all_of(host.begin(), host.end(), [](char c) {
           return IsAsciiAlphanumeric(c) || c == ':' || c == '.';
         });
}

// Nothing that could end the request line or start another.
bool IsTarget(std::string_view target) {
  return std::all_of(target.begin(), target.end(), [](char c) { return c > ' ' && c <= '~'; });
}

}  // namespace

Result<HttpUrl> HttpUrl::Parse(std::string_view text) {
  if (text.size() > kMaxUrlBytes) {
    return Invalid(text,
                   std::to_string(text.size()) + " bytes, at most " + std::to_string(kMaxUrlBytes));
  }
  const size_t colon = text.find("://");
  if (colon == std::string_view::npos) return Invalid(text, "want http://host or https://host");
  const std::string scheme = AsciiLower(text.substr(0, colon));
  if (scheme != "http" && scheme != "https") {
    return Invalid(text, "the scheme is not http or https");
  }

  HttpUrl url;
  url.tls = scheme == "https";
  url.port = url.tls ? 443 : 80;
  std::string_view rest = text.substr(colon + 3);
  const size_t end = std::min(rest.find_first_of("/?#"), rest.size());
  std::string_view authority = rest.substr(0, end);
  rest.remove_prefix(end);

  if (authority.find('@') != std::string_view::npos) {
    return Status::InvalidArgument("parse URL: a user name or password has no place in it");
  }
  std::string_view host;
  std::string_view port;
  if (authority.starts_with('[')) {
    const size_t bracket = authority.find(']');
    if (bracket == std::string_view::npos) return Invalid(text, "no ] after the IPv6 address");
    host = authority.substr(1, bracket - 1);
    port = authority.substr(bracket + 1);
    if (!IsAddress6(host)) return Invalid(text, "not an IPv6 address between [ and ]");
    if (!port.empty() && port[0] != ':') return Invalid(text, "text between ] and the port");
  } else {
    const size_t at = std::min(authority.find(':'), authority.size());
    host = authority.substr(0, at);
    port = authority.substr(at);
    if (!IsHostName(host)) {
      return Invalid(text,
                     "the host is empty, over 253 bytes or has a byte outside [A-Za-z0-9._-]");
    }
  }
  if (!port.empty()) {
    port.remove_prefix(1);
    const auto [stop, error] = std::from_chars(port.data(), port.data() + port.size(), url.port);
    if (error != std::errc() || stop != port.data() + port.size() || url.port < 1 ||
        url.port > 65535) {
      return Invalid(text, "the port is not a number in 1..65535");
    }
  }
  url.host = AsciiLower(host);

  rest = rest.substr(0, rest.find('#'));
  if (!IsTarget(rest)) return Invalid(text, "the path has a blank or a byte that is not ASCII");
  url.target = rest.starts_with('/') ? std::string(rest) : "/" + std::string(rest);
  return url;
}

Result<HttpUrl> HttpUrl::Resolve(std::string_view location) const {
  if (location.starts_with("//")) {
    return Parse((tls ? "https:" : "http:") + std::string(location));
  }
  const size_t delimiter = location.find_first_of("/?#:");
  if (delimiter != std::string_view::npos && location[delimiter] == ':') return Parse(location);

  HttpUrl base = *this;
  base.target = "/";
  std::string origin = base.ToString();
  origin.pop_back();
  if (location.starts_with('/')) return Parse(origin + std::string(location));
  const std::string path = target.substr(0, target.find('?'));
  if (location.empty() || location[0] == '?' || location[0] == '#') {
    return Parse(origin + path + std::string(location));
  }
  return Parse(origin + path.substr(0, path.rfind('/') + 1) + std::string(location));
}

std::string RequestUrl(std::string_view base, std::string_view path,
                       const UrlParameters& parameters) {
  while (base.ends_with('/')) base.remove_suffix(1);
  std::string url(base);
  url += path;
  char sign = '?';
  for (const auto& [name, value] : parameters) {
    url += std::exchange(sign, '&');
    AppendPercentEncoded(name, url);
    url += '=';
    AppendPercentEncoded(value, url);
  }
  return url;
}

std::string HttpUrl::ToString() const {
  std::string text = tls ? "https://" : "http://";
  text += host.find(':') == std::string::npos ? host : "[" + host + "]";
  if (port != (tls ? 443 : 80)) text += ":" + std::to_string(port);
  return text + target;
}

}  // namespace rollcall::http
