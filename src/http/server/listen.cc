#include "http/server/listen.h"

#include <fcntl.h>
#include <netdb.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/socket.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <memory>
#include <optional>

namespace rollcall::http {
namespace {

constexpr int kBacklog = 4096;  // the kernel cuts it to net.core.somaxconn

struct HostPort {
  std::string host;  // empty: all interfaces
  std::string port;
};

std::optional<HostPort> SplitAddress(const std::string& address) {
  const size_t colon = address.rfind(':');
  if (colon == std::string::npos) {
    return std::nullopt;
  }
  HostPort parts{address.substr(0, colon), address.substr(colon + 1)};
  const bool digits = parts.port.find_first_not_of("0123456789") == std::string::npos;
  if (parts.port.empty() || parts.port.size() > 5 || !digits || std::stoi(parts.port) > 65535) {
    return std::nullopt;
  }
  if (parts.host.starts_with('[') && parts.host.ends_with(']') && parts.host.size() > 2) {
    parts.host = parts.host.substr(1, parts.host.size() - 2);
  } else if (parts.host.find_first_of(":[]") != std::string::npos) {
    return std::nullopt;
  }
  return parts;
}

struct FreeAddresses {
  void operator()(addrinfo* list) const { freeaddrinfo(list); }
};
using Addresses = std::unique_ptr<addrinfo, FreeAddresses>;

Status ListenFailure(const std::string& address, const std::string& why) {
  return Status::FailedPrecondition("listen on " + address + ": " + why);
}

int PortOf(int fd) {
  sockaddr_storage bound{};
  socklen_t size = sizeof bound;
  if (getsockname(fd, reinterpret_cast<sockaddr*>(&bound), &size) != 0) {
    return 0;
  }
  if (bound.ss_family == AF_INET6) {
    sockaddr_in6 v6{};
    std::memcpy(&v6, &bound, sizeof v6);
    return ntohs(v6.sin6_port);
  }
  sockaddr_in v4{};
  std::memcpy(&v4, &bound, sizeof v4);
  return ntohs(v4.sin_port);
}

// The socket, or an invalid one with errno set.
FileDescriptor Open(const addrinfo& where, bool both_families) {
  FileDescriptor fd(
      socket(where.ai_family, where.ai_socktype | SOCK_NONBLOCK | SOCK_CLOEXEC, where.ai_protocol));
  if (!fd.valid()) {
    return fd;
  }
  const int on = 1;
  setsockopt(fd.get(), SOL_SOCKET, SO_REUSEADDR, &on, sizeof on);
  // For the connections, which take it over (tcp(7)): an answer is one write, and waiting for more
  // to send would only delay it.
  setsockopt(fd.get(), IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
  if (where.ai_family == AF_INET6) {
    const int only_v6 = both_families ? 0 : 1;
    setsockopt(fd.get(), IPPROTO_IPV6, IPV6_V6ONLY, &only_v6, sizeof only_v6);
  }
  if (bind(fd.get(), where.ai_addr, where.ai_addrlen) != 0 || listen(fd.get(), kBacklog) != 0) {
    const int error = errno;
    fd.Close();
    errno = error;
  }
  return fd;
}

}  // namespace

FileDescriptor& FileDescriptor::operator=(FileDescriptor&& other) noexcept {
  if (this != &other) {
    Close();
    fd_ = std::exchange(other.fd_, -1);
  }
  return *this;
}

void FileDescriptor::Close() {
  if (fd_ >= 0) {
    ::close(std::exchange(fd_, -1));
  }
}

Result<ListeningSocket> ListenOn(const std::string& address) {
  const std::optional<HostPort> parts = SplitAddress(address);
  if (!parts) {
    return ListenFailure(address, "want host:port, :port or [v6]:port with a port of 0 to 65535");
  }
  const bool all_interfaces = parts->host.empty();
  addrinfo hints{};
  hints.ai_socktype = SOCK_STREAM;
  hints.ai_flags = AI_PASSIVE | AI_NUMERICSERV;
  int error = 0;
  for (const int family : {AF_INET6, AF_INET}) {
    hints.ai_family = all_interfaces ? family : AF_UNSPEC;
    addrinfo* found = nullptr;
    const int resolved = getaddrinfo(all_interfaces ? nullptr : parts->host.c_str(),
                                     parts->port.c_str(), &hints, &found);
    if (resolved != 0 && !all_interfaces) {
      return ListenFailure(address, gai_strerror(resolved));
    }
    const Addresses addresses(resolved == 0 ? found : nullptr);
    for (const addrinfo* at = addresses.get(); at != nullptr; at = at->ai_next) {
      ListeningSocket listening{Open(*at, all_interfaces), 0};
      if (listening.fd.valid()) {
        listening.port = PortOf(listening.fd.get());
        return listening;
      }
      error = errno;
    }
    // Only a machine without IPv6 is served over IPv4 alone; a port in use is in use.
    if (!all_interfaces || (error != 0 && error != EAFNOSUPPORT && error != EADDRNOTAVAIL)) {
      break;
    }
  }
  return ListenFailure(address, error == 0 ? "no such address" : std::strerror(error));
}

Result<ListeningSocket> ListenOnPassed(int fd) {
  ListeningSocket listening{FileDescriptor(fd), PortOf(fd)};
  const int flags = fcntl(fd, F_GETFL);
  if (flags < 0 || fcntl(fd, F_SETFL, flags | O_NONBLOCK) != 0 ||
      fcntl(fd, F_SETFD, FD_CLOEXEC) != 0) {
    return ListenFailure("socket " + std::to_string(fd), std::strerror(errno));
  }
  const int on = 1;
  setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
  return listening;
}

}  // namespace rollcall::http
