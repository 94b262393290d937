// IP addresses, the prefixes by which senders are told apart, and lists of networks. Plain values;
// any thread.
#pragma once

#include <sys/socket.h>

#include <array>
#include <compare>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/status.h"

namespace rollcall::http {

// An IPv6 address, or an IPv4 address mapped into one (::ffff:192.0.2.7).
struct IpAddress {
  std::array<uint8_t, 16> bytes{};

  // Reads "192.0.2.7" or "2001:db8::1", with or without a zone; nullopt: it is neither.
  static std::optional<IpAddress> Parse(std::string_view text);
  static IpAddress Of(const sockaddr_storage& address);

  bool is_ipv4() const;
  bool IsLoopback() const;  // 127.0.0.0/8 or ::1
  // Returns the address's first 64 bits; an IPv4 address stands behind 0000:ffff, which begins no
  // IPv6 address in use. A host usually has a whole IPv6 /64, so this is what tells senders apart.
  uint64_t Prefix() const;
  auto operator<=>(const IpAddress&) const = default;
};

// Returns whether it is the prefix of this machine itself: of 127.0.0.0/8 or ::1.
bool IsLoopbackPrefix(uint64_t prefix);

// Returns a prefix as text: "192.0.2.7", "2001:db8:0:1::/64".
std::string PrefixText(uint64_t prefix);

// A set of networks. Immutable once parsed.
class Networks {
 public:
  // Reads networks with commas between them: "10.0.0.0/8, 2001:db8::/32, 192.0.2.7". An empty text
  // has none. InvalidArgument: a phrase that names the part that is wrong.
  static Result<Networks> Parse(std::string_view text);

  bool Contains(const IpAddress& address) const;
  bool empty() const { return networks_.empty(); }

 private:
  struct Network {
    IpAddress address;
    unsigned bits = 0;  // of 128
  };
  std::vector<Network> networks_;
};

}  // namespace rollcall::http
