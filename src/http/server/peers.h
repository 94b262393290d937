// The number of connections that each peer holds. A peer is an IPv4 address or an IPv6 /64, because
// a host usually has a whole /64. Owned by the front's loop; its thread only.
#pragma once

#include <compare>
#include <cstddef>
#include <cstdint>
#include <map>
#include <string>

#include "http/server/address.h"
#include "http/server/message.h"

namespace rollcall::http {

struct PeerPrefix {
  Listener listener{};
  uint64_t bits = 0;  // IpAddress::Prefix

  static PeerPrefix Of(Listener listener, const IpAddress& address) {
    return {listener, address.Prefix()};
  }
  std::string ToString() const { return PrefixText(bits); }
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
