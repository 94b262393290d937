// The number of connections that each peer holds. A peer is an IPv4 address or an IPv6 /64, because
// a host usually has a whole /64. Owned by the front's loop; its thread only.
#pragma once

#include <sys/socket.h>

#include <compare>
#include <cstddef>
#include <cstdint>
#include <map>
#include <string>

#include "http/server/message.h"

namespace rollcall::http {

struct PeerPrefix {
  Listener listener{};
  // The first 64 bits of the IPv6 address. An IPv4 address stands behind 0000:ffff, which begins no
  // IPv6 address in use.
  uint64_t bits = 0;

  static PeerPrefix Of(Listener listener, const sockaddr_storage& address);
  std::string ToString() const;  // "192.0.2.7", "2001:db8:0:1::/64"
  auto operator<=>(const PeerPrefix&) const = default;
};

class PeerTable {
 public:
  using Peer = std::map<PeerPrefix, size_t>::value_type;  // a peer and its number of connections

  // Adds a connection and returns its peer, which is valid for as long as it has any connection.
  Peer& Add(const PeerPrefix& prefix);
  // Removes one connection of the peer.
  void Remove(Peer& peer);

 private:
  std::map<PeerPrefix, size_t> peers_;
};

}  // namespace rollcall::http
