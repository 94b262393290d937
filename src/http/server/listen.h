// Listening sockets, and the owner of a file descriptor. Any thread.
#pragma once

#include <string>
#include <utility>

#include "base/status.h"

namespace rollcall::http {

// The owner of a file descriptor; closes it in its destructor. Thread-compatible.
class FileDescriptor {
 public:
  FileDescriptor() = default;
  explicit FileDescriptor(int fd) : fd_(fd) {}
  FileDescriptor(FileDescriptor&& other) noexcept : fd_(std::exchange(other.fd_, -1)) {}
  FileDescriptor& operator=(FileDescriptor&& other) noexcept;
  FileDescriptor(const FileDescriptor&) = delete;
  FileDescriptor& operator=(const FileDescriptor&) = delete;
  ~FileDescriptor() { Close(); }

  int get() const { return fd_; }
  bool valid() const { return fd_ >= 0; }
  void Close();
  // Returns the descriptor, which the caller must close; -1 where there was none.
  int Release() { return std::exchange(fd_, -1); }

 private:
  int fd_ = -1;
};

struct ListeningSocket {
  FileDescriptor fd;  // non-blocking
  int port = 0;
};

// Returns a socket that listens on `address`: "host:port", "[v6]:port", or ":port" for all
// interfaces of both families (IPv4 alone where the machine has no IPv6). Port 0 picks any free
// one. FailedPrecondition: the address cannot be parsed, resolved or bound; the message names it.
Result<ListeningSocket> ListenOn(const std::string& address);

// Returns a socket that somebody else has begun to listen on, and owns it. FailedPrecondition: it
// cannot be made non-blocking.
Result<ListeningSocket> ListenOnPassed(int fd);

}  // namespace rollcall::http
