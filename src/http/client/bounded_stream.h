// A connection as the HTTP library reads and writes it, with bounds on silences and on the number
// of bytes received. Owned by the client; the thread of its call only.
#pragma once

#include <httplib.h>
#include <openssl/err.h>
#include <openssl/ssl.h>
#include <poll.h>
#include <sys/socket.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <chrono>

namespace rollcall::http {

// How many more bytes the server may send. Needed because the library itself reads heads and chunk
// sizes without a bound.
struct ByteBudget {
  size_t left = 0;
  bool exhausted = false;
  // Set while a body is sent: an answer that arrives before the body's end is final, so the rest of
  // the body is not sent.
  bool uploading = false;
  bool answered = false;
};

class BoundedStream final : public httplib::Stream {
 public:
  BoundedStream(int socket, SSL* ssl, std::chrono::milliseconds timeout, ByteBudget& budget)
      : socket_(socket), ssl_(ssl), timeout_(timeout), budget_(budget) {}

  bool is_readable() const override {
    return begin_ < end_ || (ssl_ != nullptr && SSL_pending(ssl_) > 0) || Wait(POLLIN);
  }
  bool is_writable() const override { return Wait(POLLOUT); }

  ssize_t read(char* out, size_t size) override {
    if (begin_ == end_) {
      const ssize_t n = Fill();
      if (n <= 0) return n;
    }
    const size_t n = std::min(size, end_ - begin_);
    std::copy_n(buffer_.data() + begin_, n, out);
    begin_ += n;
    return static_cast<ssize_t>(n);
  }

  ssize_t write(const char* bytes, size_t size) override {
    if (Answered()) return static_cast<ssize_t>(size);
    if (!Wait(POLLOUT)) return -1;
    if (ssl_ == nullptr) {
      ssize_t n;
      do {
        n = send(socket_, bytes, size, MSG_NOSIGNAL);
      } while (n < 0 && errno == EINTR);
      return n;
    }
    ERR_clear_error();
    const int n = SSL_write(ssl_, bytes, static_cast<int>(std::min<size_t>(size, 1 << 30)));
    return n > 0 ? n : -1;
  }

  void get_remote_ip_and_port(std::string&, int&) const override {}
  void get_local_ip_and_port(std::string&, int&) const override {}
  socket_t socket() const override { return socket_; }

 private:
  // Returns whether the server has answered before the end of the upload. Never over TLS, where
  // readable bytes need not be part of an answer.
  bool Answered() {
    if (!budget_.uploading || ssl_ != nullptr) return false;
    pollfd poll_for{socket_, POLLIN, 0};
    budget_.answered = budget_.answered || poll(&poll_for, 1, 0) > 0;
    return budget_.answered;
  }

  bool Wait(short events) const {
    pollfd poll_for{socket_, events, 0};
    int n;
    do {
      n = poll(
          &poll_for, 1,
          static_cast<int>(std::min<std::chrono::milliseconds::rep>(timeout_.count(), 1 << 30)));
    } while (n < 0 && errno == EINTR);
    return n > 0;
  }

  // Receives into the buffer. Returns the number of bytes, 0 where the server closed the connection
  // properly, -1 where it did not, was silent for too long, or sent more than the budget allows.
  ssize_t Fill() {
    if (budget_.left == 0) {
      budget_.exhausted = true;
      return -1;
    }
    if (!is_readable()) return -1;
    const size_t size = std::min(buffer_.size(), budget_.left);
    ssize_t n;
    if (ssl_ == nullptr) {
      do {
        n = recv(socket_, buffer_.data(), size, 0);
      } while (n < 0 && errno == EINTR);
    } else {
      ERR_clear_error();
      n = SSL_read(ssl_, buffer_.data(), static_cast<int>(size));
      if (n <= 0) n = SSL_get_error(ssl_, static_cast<int>(n)) == SSL_ERROR_ZERO_RETURN ? 0 : -1;
    }
    if (n <= 0) return n;
    begin_ = 0;
    end_ = static_cast<size_t>(n);
    budget_.left -= end_;
    return n;
  }

  const int socket_;
  SSL* const ssl_;
  const std::chrono::milliseconds timeout_;
  ByteBudget& budget_;
  std::array<char, 16 * 1024> buffer_;
  size_t begin_ = 0;  // buffer_[begin_, end_) is still to be read
  size_t end_ = 0;
};

}  // namespace rollcall::http
