#include "http/client/connection_watchdog.h"

#include <fcntl.h>
#include <sys/socket.h>
#include <unistd.h>

#include <utility>

namespace rollcall::http {

void SocketHold::Take(int socket) {
  const int copy = fcntl(socket, F_DUPFD_CLOEXEC, 0);
  Release();
  const MutexLock lock(mutex_);
  fd_ = copy;
}

void SocketHold::Cut() {
  const MutexLock lock(mutex_);
  if (fd_ >= 0) shutdown(fd_, SHUT_RDWR);
}

void SocketHold::Release() {
  const MutexLock lock(mutex_);
  if (fd_ >= 0) close(fd_);
  fd_ = -1;
}

ConnectionWatchdog::ConnectionWatchdog(SocketHold& socket,
                                       std::chrono::steady_clock::time_point deadline,
                                       std::stop_token stop)
    : thread_(
          [this, &socket, deadline, stop = std::move(stop)] { Watch(socket, deadline, stop); }) {}

void ConnectionWatchdog::Watch(SocketHold& socket, std::chrono::steady_clock::time_point deadline,
                               const std::stop_token& stop) {
  const auto done = [this]() REQUIRES(mutex_) { return done_; };
  MutexLock lock(mutex_);
  if (changed_.WaitUntil(lock, stop, deadline, done)) return;
  bit_ = true;
  // Again and again: the library may just be about to connect this socket or another.
  do {
    socket.Cut();
  } while (!changed_.WaitFor(lock, {}, std::chrono::milliseconds(20), done));
}

ConnectionWatchdog::~ConnectionWatchdog() {
  {
    const MutexLock lock(mutex_);
    done_ = true;
  }
  changed_.NotifyAll();
  thread_.join();
}

bool ConnectionWatchdog::bit() const {
  const MutexLock lock(mutex_);
  return bit_;
}

}  // namespace rollcall::http
