#include "http/server/peers.h"

namespace rollcall::http {

PeerTable::Peer& PeerTable::Add(const PeerPrefix& prefix) {
  Peer& peer = *peers_.try_emplace(prefix, 0).first;
  ++peer.second;
  return peer;
}

void PeerTable::Remove(Peer& peer) {
  if (--peer.second == 0) peers_.erase(PeerPrefix(peer.first));
}

}  // namespace rollcall::http
