// The header of the PROXY protocol, versions 1 and 2, by which a proxy that passes bytes on says
// whose bytes they are: https://www.haproxy.org/download/2.8/doc/proxy-protocol.txt. Pure function;
// any thread.
#pragma once

#include <cstddef>
#include <optional>
#include <string_view>

#include "http/server/address.h"

namespace rollcall::http {

// No header that is taken is longer: version 2 with more additions than this is refused.
inline constexpr size_t kMaxProxyHeaderBytes = 2048;

struct ProxyHeader {
  enum class State { kIncomplete, kComplete, kRefused };
  State state = State::kIncomplete;
  size_t bytes = 0;  // of a complete header
  // Who has connected to the proxy; nullopt: the proxy itself, or it does not say.
  std::optional<IpAddress> client;
};

// Reads the header that `bytes` begin with.
ProxyHeader ReadProxyHeader(std::string_view bytes);

}  // namespace rollcall::http
