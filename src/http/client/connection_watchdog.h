// Ends an exchange from outside: at its deadline, or when a stop is requested.
#pragma once

#include <chrono>
#include <stop_token>
#include <thread>

#include "base/mutex.h"

namespace rollcall::http {

// A second hold on a connection's socket. The HTTP library closes its own whenever it likes;
// through this one the connection can be cut from another thread without ever meeting a reused
// descriptor. Thread-safe.
class SocketHold {
 public:
  SocketHold() = default;
  ~SocketHold() { Release(); }
  SocketHold(const SocketHold&) = delete;
  SocketHold& operator=(const SocketHold&) = delete;

  // Lets go of the socket held so far and takes this one, which stays its owner's.
  void Take(int socket);
  // Shuts the socket down both ways; whoever reads, writes or connects it wakes with an error.
  void Cut();
  void Release();

 private:
  Mutex mutex_;
  int fd_ GUARDED_BY(mutex_) = -1;
};

// Cuts the socket when the deadline passes or a stop is requested, for as long as it lives. That
// reaches what the library has no deadline for: a handshake or a head that comes a byte at a time.
class ConnectionWatchdog {
 public:
  ConnectionWatchdog(SocketHold& socket, std::chrono::steady_clock::time_point deadline,
                     std::stop_token stop);
  ~ConnectionWatchdog();
  ConnectionWatchdog(const ConnectionWatchdog&) = delete;
  ConnectionWatchdog& operator=(const ConnectionWatchdog&) = delete;

  // The socket was cut. To its reader that may look like the other side's orderly end.
  bool bit() const;

 private:
  void Watch(SocketHold& socket, std::chrono::steady_clock::time_point deadline,
             const std::stop_token& stop);

  mutable Mutex mutex_;
  StoppableConditionVariable changed_;
  bool done_ GUARDED_BY(mutex_) = false;
  bool bit_ GUARDED_BY(mutex_) = false;
  std::thread thread_;  // last: it uses the rest
};

}  // namespace rollcall::http
