#include "http/server/address.h"

#include <arpa/inet.h>
#include <netinet/in.h>

#include <algorithm>
#include <charconv>
#include <cstring>

#include "base/text.h"
#include "http/server/text.h"

namespace rollcall::http {
namespace {

constexpr std::array<uint8_t, 12> kMapped{0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xff, 0xff};
constexpr uint64_t kIpv4 = uint64_t{0xffff} << 32;
constexpr unsigned kMappedBits = 96;

uint64_t BigEndian(const uint8_t* bytes, size_t count) {
  uint64_t value = 0;
  for (size_t i = 0; i < count; ++i) value = value << 8 | bytes[i];
  return value;
}

}  // namespace

std::optional<IpAddress> IpAddress::Parse(std::string_view text) {
  const std::string literal(text.substr(0, text.find('%')));
  in6_addr address{};
  if (inet_pton(AF_INET6, literal.c_str(), &address) != 1 &&
      inet_pton(AF_INET6, ("::ffff:" + literal).c_str(), &address) != 1) {
    return std::nullopt;
  }
  IpAddress parsed;
  std::memcpy(parsed.bytes.data(), address.s6_addr, parsed.bytes.size());
  return parsed;
}

IpAddress IpAddress::Of(const sockaddr_storage& address) {
  IpAddress made;
  if (address.ss_family == AF_INET6) {
    sockaddr_in6 v6{};
    std::memcpy(&v6, &address, sizeof v6);
    std::memcpy(made.bytes.data(), v6.sin6_addr.s6_addr, made.bytes.size());
  } else {
    sockaddr_in v4{};
    std::memcpy(&v4, &address, sizeof v4);
    std::copy(kMapped.begin(), kMapped.end(), made.bytes.begin());
    std::memcpy(made.bytes.data() + kMapped.size(), &v4.sin_addr, sizeof v4.sin_addr);
  }
  return made;
}

bool IpAddress::is_ipv4() const {
  return std::equal(kMapped.begin(), kMapped.end(), bytes.begin());
}

bool IpAddress::IsLoopback() const {
  constexpr IpAddress kIpv6{{0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1}};
  return *this == kIpv6 || (is_ipv4() && bytes[kMapped.size()] == 127);
}

uint64_t IpAddress::Prefix() const {
  return is_ipv4() ? kIpv4 | BigEndian(bytes.data() + kMapped.size(), 4)
                   : BigEndian(bytes.data(), 8);
}

bool IsLoopbackPrefix(uint64_t prefix) {
  constexpr uint64_t kLoopback = kIpv4 | uint64_t{127} << 24;
  return prefix == 0 || prefix >> 24 == kLoopback >> 24;
}

std::string PrefixText(uint64_t prefix) {
  std::array<char, INET6_ADDRSTRLEN> text{};
  if (prefix >> 32 == kIpv4 >> 32) {
    const in_addr v4{htonl(static_cast<uint32_t>(prefix))};
    return inet_ntop(AF_INET, &v4, text.data(), text.size());
  }
  in6_addr v6{};
  for (size_t i = 0; i < 8; ++i) v6.s6_addr[i] = static_cast<uint8_t>(prefix >> (56 - 8 * i));
  return std::string(inet_ntop(AF_INET6, &v6, text.data(), text.size())) + "/64";
}

Result<Networks> Networks::Parse(std::string_view text) {
  Networks parsed;
  while (!text.empty()) {
    const std::string_view word = NextListElement(text);
    if (word.empty()) continue;
    const size_t slash = std::min(word.find('/'), word.size());
    const std::optional<IpAddress> address = IpAddress::Parse(word.substr(0, slash));
    if (!address || word.find('%') != std::string_view::npos) {
      return Status::InvalidArgument(QuoteWord(word) + " is not an IP address or a network");
    }
    const unsigned most = address->is_ipv4() ? 32 : 128;
    unsigned bits = most;
    if (slash < word.size()) {
      const char* const end = word.data() + word.size();
      const auto [stop, error] = std::from_chars(word.data() + slash + 1, end, bits);
      if (error != std::errc() || stop != end || bits > most) {
        return Status::InvalidArgument(QuoteWord(word) + " is not a network: it wants /0 to /" +
                                       std::to_string(most));
      }
    }
    parsed.networks_.push_back({*address, address->is_ipv4() ? kMappedBits + bits : bits});
  }
  return parsed;
}

bool Networks::Contains(const IpAddress& address) const {
  return std::any_of(networks_.begin(), networks_.end(), [&](const Network& network) {
    const size_t whole = network.bits / 8;
    const auto& ours = network.address.bytes;
    if (!std::equal(ours.begin(), ours.begin() + static_cast<ptrdiff_t>(whole),
                    address.bytes.begin())) {
      return false;
    }
    const unsigned rest = network.bits % 8;
    return rest == 0 || ((ours[whole] ^ address.bytes[whole]) >> (8 - rest)) == 0;
  });
}

}  // namespace rollcall::http
