#include "http/server/private_guard.h"

#include <algorithm>

#include "base/text.h"
#include "http/server/address.h"
#include "http/server/text.h"

namespace rollcall::http {
namespace {

// "[::1]:8082" is "::1", "host:8082" is "host".
std::string_view WithoutPort(std::string_view host) {
  if (host.starts_with('[')) {
    const size_t end = host.find(']');
    return end == std::string_view::npos ? host : host.substr(1, end - 1);
  }
  return host.substr(0, host.find(':'));
}

HttpResponse Forbidden(const char* why) { return HttpResponse::Text(403, why); }

}  // namespace

PrivateGuard::PrivateGuard(std::string_view hosts, std::string_view listen_address) {
  hosts_.push_back("localhost");
  if (const std::string_view own = WithoutPort(listen_address); !own.empty()) {
    hosts_.push_back(AsciiLower(own));
  }
  while (!hosts.empty()) {
    const std::string_view host = NextListElement(hosts);
    if (!host.empty()) hosts_.push_back(AsciiLower(host));
  }
}

bool PrivateGuard::IsOurs(std::string_view host, std::string_view local_address) const {
  if (const auto address = IpAddress::Parse(host)) {
    return address->IsLoopback() || address == IpAddress::Parse(local_address) ||
           std::any_of(hosts_.begin(), hosts_.end(),
                       [&](const std::string& one) { return IpAddress::Parse(one) == address; });
  }
  if (host.ends_with('.')) host.remove_suffix(1);
  return std::any_of(hosts_.begin(), hosts_.end(),
                     [&](const std::string& one) { return EqualsIgnoringCase(host, one); });
}

std::optional<HttpResponse> PrivateGuard::Refuse(const HttpRequest& head,
                                                 std::string_view local_address) const {
  // HTTP/1.0 has none, and no browser speaks that.
  const std::optional<std::string_view> host = head.Header("Host");
  if (host && !IsOurs(WithoutPort(*host), local_address)) {
    return Forbidden("Host is neither this listener's address nor one of --private-hosts");
  }
  for (const HttpHeader& header : head.headers) {
    if (SameHeaderName(header.name, "Origin")) {
      const std::string origin = AsciiLower(header.value);
      const std::string own = AsciiLower(host.value_or(""));
      if (origin != "http://" + own && origin != "https://" + own) {
        return Forbidden("a page of another origin may not ask the private listener");
      }
    }
    if (SameHeaderName(header.name, "Sec-Fetch-Site") && header.value != "same-origin" &&
        header.value != "none") {
      return Forbidden("a page of another site may not ask the private listener");
    }
  }
  return std::nullopt;
}

}  // namespace rollcall::http
