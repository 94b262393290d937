// A port of loopback that nobody uses. Any thread.
#pragma once

#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>

#include <cstdint>
#include <random>

namespace rollcall::test {

// Returns a free port below those that the system gives to outgoing connections, which might take
// it before a server does, or while the server is down; 0 where none is found.
inline int FreePort() {
  std::random_device random;
  for (int tries = 0; tries < 1000; ++tries) {
    const int port = 20'000 + static_cast<int>(random() % 12'000);
    const int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    address.sin_port = htons(static_cast<uint16_t>(port));
    const bool free = bind(fd, reinterpret_cast<sockaddr*>(&address), sizeof address) == 0;
    close(fd);
    if (free) return port;
  }
  return 0;
}

}  // namespace rollcall::test
