// The watchdog that ends an exchange of the HTTP client at its deadline, or when a stop is
// requested. Owned by the client's call.
#pragma once

#include <chrono>
#include <stop_token>
#include <thread>

#include "base/mutex.h"

namespace rollcall::http {

// A duplicate of a connection's descriptor. The HTTP library closes its own whenever it likes;
// through the duplicate another thread can cut the connection without ever hitting a reused
// descriptor. Thread-safe.
class SocketHold {
 public:
  SocketHold() = default;
  ~SocketHold() { Release(); }
  SocketHold(const SocketHold&) = delete;
  SocketHold& operator=(const SocketHold&) = delete;

  // Releases the socket held so far and duplicates this one, which its owner keeps.
  void Take(int socket);
  // Shuts the socket down both ways; a thread that reads, writes or connects it wakes with
  // an error.
  void Cut();
  // Closes the duplicate.
  void Release();

 private:
  Mutex mutex_;
  int fd_ GUARDED_BY(mutex_) = -1;
};

// Cuts the socket when the deadline passes or a stop is requested, until it is destroyed. This ends
// even what the library has no deadline for: a handshake or a head that arrives a byte at a time.
class ConnectionWatchdog {
 public:
  ConnectionWatchdog(SocketHold& socket, std::chrono::steady_clock::time_point deadline,
                     std::stop_token stop);
  ~ConnectionWatchdog();
  ConnectionWatchdog(const ConnectionWatchdog&) = delete;
  ConnectionWatchdog& operator=(const ConnectionWatchdog&) = delete;

  // Returns whether the socket was cut. To its reader that may look as if the server had closed
  // it properly.
  bool bit() const;

 private:
  void Watch(SocketHold& socket, std::chrono::steady_clock::time_point deadline,
             const std::stop_token& stop);

  mutable Mutex mutex_;
  StoppableConditionVariable changed_;
  bool done_ GUARDED_BY(mutex_) = false;
  bool bit_ GUARDED_BY(mutex_) = false;
  std::thread thread_;  // declared last: it uses the rest
};

}  // namespace rollcall::http
