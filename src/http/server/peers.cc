#include "http/server/peers.h"

#include <arpa/inet.h>
#include <netinet/in.h>

#include <array>
#include <cstring>

namespace rollcall::http {
namespace {

constexpr uint64_t kIpv4 = uint64_t{0xffff} << 32;

uint64_t BigEndian(const uint8_t* bytes, size_t count) {
  uint64_t value = 0;
  for (size_t i = 0; i < count; ++i) value = value << 8 | bytes[i];
  return value;
}

}  // namespace

PeerPrefix PeerPrefix::Of(Listener listener, const sockaddr_storage& address) {
  if (address.ss_family == AF_INET6) {
    sockaddr_in6 v6{};
    std::memcpy(&v6, &address, sizeof v6);
    const uint8_t* const bytes = v6.sin6_addr.s6_addr;
    // A socket for both families shows IPv4 addresses as IPv6 ones.
    if (IN6_IS_ADDR_V4MAPPED(&v6.sin6_addr)) return {listener, kIpv4 | BigEndian(bytes + 12, 4)};
    return {listener, BigEndian(bytes, 8)};
  }
  sockaddr_in v4{};
  std::memcpy(&v4, &address, sizeof v4);
  return {listener, kIpv4 | ntohl(v4.sin_addr.s_addr)};
}

std::string PeerPrefix::ToString() const {
  std::array<char, INET6_ADDRSTRLEN> text{};
  if (bits >> 32 == kIpv4 >> 32) {
    const in_addr v4{htonl(static_cast<uint32_t>(bits))};
    return inet_ntop(AF_INET, &v4, text.data(), text.size());
  }
  in6_addr v6{};
  for (size_t i = 0; i < 8; ++i) v6.s6_addr[i] = static_cast<uint8_t>(bits >> (56 - 8 * i));
  return std::string(inet_ntop(AF_INET6, &v6, text.data(), text.size())) + "/64";
}

PeerTable::Peer& PeerTable::Add(const PeerPrefix& prefix) {
  Peer& peer = *peers_.try_emplace(prefix, 0).first;
  ++peer.second;
  return peer;
}

void PeerTable::Remove(Peer& peer) {
  if (--peer.second == 0) peers_.erase(PeerPrefix(peer.first));
}

}  // namespace rollcall::http
