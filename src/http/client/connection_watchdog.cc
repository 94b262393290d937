#include "http/client/connection_watchdog.h"

#include <fcntl.h>
#include <sys/socket.h>
#include <unistd.h>

#include <utility>

namespace rollcall::http {

void SocketHold::Take(int socket) {
  const int copy = fcntl(socket, F_DUPFD_CLOEXEC, 0);
  Release();
  const std::lock_guard lock(mutex_);
  fd_ = copy;
}

void SocketHold::Cut() {
  const std::lock_guard lock(mutex_);
  if (fd_ >= 0) shutdown(fd_, SHUT_RDWR);
}

void SocketHold::Release() {
  const std::lock_guard lock(mutex_);
  if (fd_ >= 0) close(fd_);
  fd_ = -1;
}

ConnectionWatchdog::ConnectionWatchdog(SocketHold& socket,
                                       std::chrono::steady_clock::time_point deadline,
                                       std::stop_token stop)
    : thread_([this, &socket, deadline, stop = std::move(stop)] {
        std::unique_lock lock(mutex_);
        if (changed_.wait_until(lock, stop, deadline, [this] { return done_; })) return;
        bit_ = true;
        // Again and again: the library may just be about to connect this socket or another.
        do {
          socket.Cut();
        } while (!changed_.wait_for(lock, std::chrono::milliseconds(20), [this] { return done_; }));
      }) {}

ConnectionWatchdog::~ConnectionWatchdog() {
  {
    const std::lock_guard lock(mutex_);
    done_ = true;
  }
  changed_.notify_all();
  thread_.join();
}

bool ConnectionWatchdog::bit() const {
  const std::lock_guard lock(mutex_);
  return bit_;
}

}  // namespace rollcall::http
