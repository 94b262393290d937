// The address that asks, as proxies name it: X-Forwarded-For, or Forwarded (RFC 7239). Pure
// function; any thread.
#pragma once

#include <optional>

#include "http/server/address.h"
#include "http/server/message.h"

namespace rollcall::http {

// Returns the address that sent a request over the connection of a trusted proxy: the last one in
// X-Forwarded-For that is no trusted proxy itself. Whatever stands before it was written by whoever
// sent it. Where there is no X-Forwarded-For, Forwarded is read the same way. Where the header has
// no address but trusted ones, or what stands before them is no address, returns the first of
// those; nullopt where there is none at all.
std::optional<IpAddress> SenderOf(const HttpRequest& request, const Networks& trusted);

}  // namespace rollcall::http
