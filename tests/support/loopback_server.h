// A server on loopback for tests of clients. Once a request's head has arrived on a connection, it
// calls the test's handler, which may write any bytes; when that returns, it closes the connection.
// Owned by the test; each connection has a thread of its own, which calls the handler.
#pragma once

#include <arpa/inet.h>
#include <netinet/in.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <atomic>
#include <functional>
#include <list>
#include <stdexcept>
#include <string>
#include <string_view>
#include <thread>
#include <utility>

namespace rollcall::test {

class Connection {
 public:
  explicit Connection(int fd) : fd_(fd) {}
  ~Connection() { close(fd_); }
  Connection(const Connection&) = delete;
  Connection& operator=(const Connection&) = delete;

  // Returns false once the client is gone.
  bool Send(std::string_view bytes) {
    while (!bytes.empty()) {
      const ssize_t n = send(fd_, bytes.data(), bytes.size(), MSG_NOSIGNAL);
      if (n <= 0) return false;
      bytes.remove_prefix(static_cast<size_t>(n));
    }
    return true;
  }
  // Returns the head of the next request with its empty line; only a part of it where the client
  // left before its end.
  std::string ReceiveHead() {
    std::string head;
    char c;
    while (!head.ends_with("\r\n\r\n") && recv(fd_, &c, 1, 0) == 1) head += c;
    return head;
  }
  // Returns the next `size` bytes, of a body; fewer where the client left before.
  std::string Receive(size_t size) {
    std::string bytes(size, '\0');
    size_t got = 0;
    ssize_t n = 0;
    while (got < size && (n = recv(fd_, bytes.data() + got, size - got, 0)) > 0) {
      got += static_cast<size_t>(n);
    }
    bytes.resize(got);
    return bytes;
  }
  // Waits until the client closes the connection.
  void AwaitClose() {
    char bytes[256];
    while (recv(fd_, bytes, sizeof bytes, 0) > 0) {
    }
  }
  void ShutDown() { shutdown(fd_, SHUT_RDWR); }

 private:
  const int fd_;
};

class LoopbackServer {
 public:
  using Handler = std::function<void(Connection&, const std::string& head)>;

  explicit LoopbackServer(Handler handler) : handler_(std::move(handler)) {
    listener_ = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    socklen_t size = sizeof address;
    auto* const any = reinterpret_cast<sockaddr*>(&address);
    if (bind(listener_, any, size) != 0 || listen(listener_, 16) != 0 ||
        getsockname(listener_, any, &size) != 0) {
      throw std::runtime_error("no listener on loopback");
    }
    port_ = ntohs(address.sin_port);
    acceptor_ = std::thread([this] { Accept(); });
  }
  ~LoopbackServer() {
    shutdown(listener_, SHUT_RDWR);
    acceptor_.join();
    for (auto& [connection, thread] : connections_) {
      connection.ShutDown();
      thread.join();
    }
    close(listener_);
  }
  LoopbackServer(const LoopbackServer&) = delete;
  LoopbackServer& operator=(const LoopbackServer&) = delete;

  std::string Url(const std::string& target = "/") const {
    return "http://127.0.0.1:" + std::to_string(port_) + target;
  }
  int port() const { return port_; }
  int connections() const { return accepted_; }

 private:
  struct Served {
    Connection connection;
    std::thread thread;
    explicit Served(int fd) : connection(fd) {}
  };

  void Accept() {
    for (;;) {
      const int fd = accept4(listener_, nullptr, nullptr, SOCK_CLOEXEC);
      if (fd < 0) return;
      ++accepted_;
      Served& served = connections_.emplace_back(fd);
      served.thread = std::thread([this, &served] {
        const std::string head = served.connection.ReceiveHead();
        if (head.ends_with("\r\n\r\n")) handler_(served.connection, head);
        served.connection.ShutDown();
      });
    }
  }

  const Handler handler_;
  int listener_ = -1;
  int port_ = 0;
  std::atomic<int> accepted_{0};
  std::list<Served> connections_;  // used by the acceptor until it is joined
  std::thread acceptor_;
};

// Returns a complete answer with `Connection: close`.
inline std::string Answer(const std::string& status, const std::string& body,
                          const std::string& more_headers = "") {
  return "HTTP/1.1 " + status + "\r\nContent-Length: " + std::to_string(body.size()) +
         "\r\nConnection: close\r\n" + more_headers + "\r\n" + body;
}

}  // namespace rollcall::test
