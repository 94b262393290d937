#include "http/server/forwarded.h"

#include <algorithm>
#include <vector>

#include "base/text.h"
#include "http/server/text.h"

namespace rollcall::http {
namespace {

// "192.0.2.7", "192.0.2.7:4711", "[2001:db8::1]:4711", "2001:db8::1"; with or without quotes.
std::optional<IpAddress> AddressIn(std::string_view text) {
  if (text.size() >= 2 && text.starts_with('"') && text.ends_with('"')) {
    text = text.substr(1, text.size() - 2);
  }
  if (text.starts_with('[')) return IpAddress::Parse(text.substr(1, text.find(']') - 1));
  const size_t colon = text.find(':');
  const bool has_port = colon != std::string_view::npos && colon == text.rfind(':');
  return IpAddress::Parse(has_port ? text.substr(0, colon) : text);
}

// The value of `for=` in an element of Forwarded: `for=192.0.2.7;proto=https`.
std::string_view ForOf(std::string_view element) {
  while (!element.empty()) {
    const size_t end = std::min(element.find(';'), element.size());
    const std::string_view pair = TrimBlanks(element.substr(0, end));
    element.remove_prefix(std::min(end + 1, element.size()));
    constexpr std::string_view kFor = "for=";
    if (pair.size() >= kFor.size() && EqualsIgnoringCase(pair.substr(0, kFor.size()), kFor)) {
      return pair.substr(kFor.size());
    }
  }
  return {};
}

// The elements of all headers of that name, in order.
std::vector<std::string_view> ElementsOf(const HttpRequest& request, std::string_view name) {
  std::vector<std::string_view> elements;
  for (const HttpHeader& header : request.headers) {
    if (!SameHeaderName(header.name, name)) continue;
    std::string_view list = header.value;
    do {
      elements.push_back(NextListElement(list));
    } while (!list.empty());
  }
  return elements;
}

}  // namespace

std::optional<IpAddress> SenderOf(const HttpRequest& request, const Networks& trusted) {
  std::vector<std::string_view> elements = ElementsOf(request, "X-Forwarded-For");
  if (elements.empty()) {
    elements = ElementsOf(request, "Forwarded");
    for (std::string_view& element : elements) element = ForOf(element);
  }
  std::optional<IpAddress> sender;
  for (auto at = elements.rbegin(); at != elements.rend(); ++at) {
    const std::optional<IpAddress> address = AddressIn(*at);
    if (!address) break;
    sender = address;
    if (!trusted.Contains(*address)) break;
  }
  return sender;
}

}  // namespace rollcall::http
