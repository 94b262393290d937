#include "http/server/proxy_header.h"

#include <algorithm>
#include <array>
#include <cstdint>

#include "http/server/text.h"

namespace rollcall::http {
namespace {

using State = ProxyHeader::State;

constexpr std::string_view kText = "PROXY ";
constexpr std::string_view kBinary("\r\n\r\n\0\r\nQUIT\n", 12);
constexpr size_t kMaxTextBytes = 107;  // with the line's end
constexpr size_t kBinaryHead = 16;     // signature, command, family, and the size of the rest

ProxyHeader Refused() { return {State::kRefused, 0, std::nullopt}; }

std::string_view NextWord(std::string_view& line) {
  const size_t end = std::min(line.find(' '), line.size());
  const std::string_view word = line.substr(0, end);
  line.remove_prefix(std::min(end + 1, line.size()));
  return word;
}

bool IsPort(std::string_view text) {
  unsigned value = 0;
  for (const char c : text) {
    if (c < '0' || c > '9') return false;
    value = value * 10 + static_cast<unsigned>(c - '0');
    if (value > 65535) return false;
  }
  return !text.empty();
}

// "PROXY TCP4 192.0.2.7 198.51.100.1 51234 443\r\n"
ProxyHeader ReadText(std::string_view bytes) {
  const size_t end = bytes.substr(0, kMaxTextBytes).find("\r\n");
  if (end == std::string_view::npos) {
    return bytes.size() < kMaxTextBytes ? ProxyHeader() : Refused();
  }
  std::string_view line = bytes.substr(kText.size(), end - kText.size());
  const std::string_view family = NextWord(line);
  if (family == "UNKNOWN") return {State::kComplete, end + 2, std::nullopt};
  const std::optional<IpAddress> from = IpAddress::Parse(NextWord(line));
  const std::optional<IpAddress> to = IpAddress::Parse(NextWord(line));
  const bool has_ports = IsPort(NextWord(line)) && IsPort(NextWord(line)) && line.empty();
  const bool fits = from && to && has_ports &&
                    ((family == "TCP4" && from->is_ipv4() && to->is_ipv4()) || family == "TCP6");
  return fits ? ProxyHeader{State::kComplete, end + 2, from} : Refused();
}

ProxyHeader ReadBinary(std::string_view bytes) {
  constexpr unsigned kLocal = 0x20;
  constexpr unsigned kProxied = 0x21;
  constexpr unsigned kTcp4 = 0x11;
  constexpr unsigned kTcp6 = 0x21;
  if (bytes.size() < kBinaryHead) return ProxyHeader();
  const auto at = [&](size_t i) { return static_cast<unsigned char>(bytes[i]); };
  const unsigned command = at(12);
  const unsigned family = at(13);
  const size_t rest = static_cast<size_t>(at(14)) << 8 | at(15);
  const size_t total = kBinaryHead + rest;
  if ((command != kLocal && command != kProxied) || total > kMaxProxyHeaderBytes) return Refused();
  if (bytes.size() < total) return ProxyHeader();
  ProxyHeader header{State::kComplete, total, std::nullopt};
  if (command == kLocal) return header;
  IpAddress client;
  if (family == kTcp4) {
    if (rest < 12) return Refused();
    client = *IpAddress::Parse("0.0.0.0");
    std::copy_n(bytes.begin() + kBinaryHead, 4, client.bytes.begin() + 12);
    header.client = client;
  } else if (family == kTcp6) {
    if (rest < 36) return Refused();
    std::copy_n(bytes.begin() + kBinaryHead, 16, client.bytes.begin());
    header.client = client;
  }
  return header;
}

}  // namespace

ProxyHeader ReadProxyHeader(std::string_view bytes) {
  if (bytes.empty()) return ProxyHeader();
  const std::string_view signature = bytes[0] == kText[0] ? kText : kBinary;
  const size_t seen = std::min(bytes.size(), signature.size());
  if (bytes.substr(0, seen) != signature.substr(0, seen)) return Refused();
  if (seen < signature.size()) return ProxyHeader();
  return signature == kText ? ReadText(bytes) : ReadBinary(bytes);
}

}  // namespace rollcall::http
