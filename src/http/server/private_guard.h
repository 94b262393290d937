// Keeps web pages out of the private listener: a browser lets any page send requests to any address
// its machine can reach, and a page may give its own name that address (DNS rebinding). Immutable;
// any thread.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "http/server/message.h"

namespace rollcall::http {

class PrivateGuard {
 public:
  // `hosts`: names by which the listener may be asked, beside loopback and the address that a
  // connection came in by; a list with commas. `listen_address`: its own, "host:port", whose name
  // counts too.
  PrivateGuard(std::string_view hosts, std::string_view listen_address);

  // The answer, 403, to a request that no client of the operator's sends: its Host is none of the
  // names, its Origin is not that host, or Sec-Fetch-Site says that it is another site's. nullopt:
  // go on. `local_address`: the connection's own, without its port.
  std::optional<HttpResponse> Refuse(const HttpRequest& head, std::string_view local_address) const;

 private:
  bool IsOurs(std::string_view host, std::string_view local_address) const;

  std::vector<std::string> hosts_;  // in lower case
};

}  // namespace rollcall::http
