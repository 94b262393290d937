// Who holds how many connections: peers are told apart by IPv4 address or IPv6 /64, for a host has
// all of its /64. Owned by the front's loop; its thread only.
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
  // The first 64 bits of the IPv6 address; of IPv4 0000:ffff and the address, which is nobody's
  // /64.
  uint64_t bits = 0;

  static PeerPrefix Of(Listener listener, const sockaddr_storage& address);
  std::string ToString() const;  // "192.0.2.7", "2001:db8:0:1::/64"
  auto operator<=>(const PeerPrefix&) const = default;
};

class PeerTable {
 public:
  using Peer = std::map<PeerPrefix, size_t>::value_type;  // and its connections

  // One connection more. The peer stands while it has any.
  Peer& Add(const PeerPrefix& prefix);
  void Remove(Peer& peer);

 private:
  std::map<PeerPrefix, size_t> peers_;
};

}  // namespace rollcall::http
