// The guard that keeps web pages out of the private listener: a browser lets any page send requests
// to any address that its machine can reach, and a page can even point its own host name at that
// address (DNS rebinding). Owned by the front's loop. Immutable; any thread.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "http/server/message.h"

namespace rollcall::http {

class PrivateGuard {
 public:
  // `hosts`: the host names that requests may use, separated by commas, besides loopback and the
  // address that the connection was made to. `listen_address`: the listener's own, "host:port",
  // whose host may be used too.
  PrivateGuard(std::string_view hosts, std::string_view listen_address);

  // Returns a 403 for a request that no client of the operator's sends: its Host is not one of
  // those that may be used, its Origin is not that host, or its Sec-Fetch-Site names another site.
  // Returns nullopt for any other request. `local_address`: the address that the connection was
  // made to, without its port.
  std::optional<HttpResponse> Refuse(const HttpRequest& head, std::string_view local_address) const;

 private:
  bool IsOurs(std::string_view host, std::string_view local_address) const;

  std::vector<std::string> hosts_;  // in lower case
};

}  // namespace rollcall::http
