// A client that sends exactly the bytes that it is given, over a blocking loopback socket,
// for tests of what a well-behaved client library would never send. Reads and writes give up
// after kPatienceSeconds, so that a silent server makes a test fail, not hang. Owned by the
// test. Thread-compatible.
#pragma once

#include <arpa/inet.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstdlib>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

namespace rollcall::test {

struct RawReply {
  int status = 0;
  std::map<std::string, std::string> headers;  // by lower-case name; the last of several
  std::string head;                            // as received
  std::string body;

  std::string Header(const std::string& lower_name) const {
    const auto found = headers.find(lower_name);
    return found == headers.end() ? "" : found->second;
  }
};

class RawClient {
 public:
  static constexpr int kPatienceSeconds = 30;

  // Connects; see connected(). `receive_buffer_bytes`: a small one makes a slow reader; 0: the
  // system's default. `from`: the last byte of the client's own address, 127.0.0.N.
  explicit RawClient(int port, int receive_buffer_bytes = 0, uint8_t from = 1) {
    fd_ = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    SetPatience(kPatienceSeconds);
    const int on = 1;
    setsockopt(fd_, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
    if (receive_buffer_bytes > 0) {
      setsockopt(fd_, SOL_SOCKET, SO_RCVBUF, &receive_buffer_bytes, sizeof receive_buffer_bytes);
    }
    sockaddr_in own{};
    own.sin_family = AF_INET;
    own.sin_addr.s_addr = htonl(0x7f000000U | from);
    if (from != 1) bind(fd_, reinterpret_cast<sockaddr*>(&own), sizeof own);
    sockaddr_in to{};
    to.sin_family = AF_INET;
    to.sin_port = htons(static_cast<uint16_t>(port));
    to.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    if (connect(fd_, reinterpret_cast<sockaddr*>(&to), sizeof to) != 0) {
      Close();
    }
  }
  RawClient(RawClient&& other) noexcept
      : fd_(std::exchange(other.fd_, -1)), received_(std::move(other.received_)) {}
  RawClient& operator=(RawClient&&) = delete;
  ~RawClient() { Close(); }

  // How long it waits for bytes, instead of kPatienceSeconds.
  void SetPatience(int seconds) {
    const timeval patience{seconds, 0};
    setsockopt(fd_, SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof patience);
    setsockopt(fd_, SOL_SOCKET, SO_SNDTIMEO, &patience, sizeof patience);
  }
  bool connected() const { return fd_ >= 0; }
  int fd() const { return fd_; }

  // Returns false where the server has closed the connection.
  bool Send(std::string_view bytes) {
    while (!bytes.empty()) {
      const ssize_t n = send(fd_, bytes.data(), bytes.size(), MSG_NOSIGNAL);
      if (n <= 0) {
        return false;
      }
      bytes.remove_prefix(static_cast<size_t>(n));
    }
    return true;
  }
  // The same, one byte at a time.
  bool SendSlowly(std::string_view bytes) {
    for (size_t i = 0; i < bytes.size(); ++i) {
      if (!Send(bytes.substr(i, 1))) {
        return false;
      }
    }
    return true;
  }
  void EndSending() { shutdown(fd_, SHUT_WR); }
  void Close() {
    if (fd_ >= 0) {
      ::close(std::exchange(fd_, -1));
    }
  }
  // Closes the connection by a reset, so that the server sees it broken, not ended.
  void Reset() {
    const linger now{1, 0};
    setsockopt(fd_, SOL_SOCKET, SO_LINGER, &now, sizeof now);
    Close();
  }

  // Returns the next answer; nullopt where the connection ended or the answer is malformed.
  // `to_head`: the request was a HEAD, so no body follows.
  std::optional<RawReply> Read(bool to_head = false) {
    size_t end = std::string::npos;
    while ((end = received_.find("\r\n\r\n")) == std::string::npos) {
      if (!Receive()) {
        return std::nullopt;
      }
    }
    RawReply reply;
    reply.head = received_.substr(0, end + 4);
    received_.erase(0, end + 4);
    if (!reply.head.starts_with("HTTP/1.1 ") || reply.head.size() < 13) {
      return std::nullopt;
    }
    reply.status = std::atoi(reply.head.c_str() + 9);
    ParseHeaders(reply);
    if (to_head || reply.status < 200 || reply.status == 204 || reply.status == 304) {
      return reply;
    }
    if (reply.Header("transfer-encoding") == "chunked") {
      return ReadChunks(reply.body) ? std::optional(reply) : std::nullopt;
    }
    const std::string length = reply.Header("content-length");
    if (length.empty()) {
      return std::nullopt;
    }
    const size_t want = std::stoul(length);
    while (received_.size() < want) {
      if (!Receive()) {
        return std::nullopt;
      }
    }
    reply.body = received_.substr(0, want);
    received_.erase(0, want);
    return reply;
  }
  int ReadStatus() {
    const std::optional<RawReply> reply = Read();
    return reply ? reply->status : 0;
  }
  std::optional<RawReply> Ask(std::string_view bytes) {
    return Send(bytes) ? Read() : std::nullopt;
  }

  // Returns whether the server ends the connection properly, not by a reset, and without sending
  // another byte.
  bool Ended() { return received_.empty() && !Receive() && last_receive_ == 0; }
  // The same, but a reset counts too.
  bool EndedOrBroken() {
    return received_.empty() && !Receive() &&
           (last_receive_ == 0 || last_errno_ == ECONNRESET || last_errno_ == EPIPE);
  }
  // Returns whether the last read met a broken connection, not an ended one.
  bool Broken() const { return last_receive_ < 0 && last_errno_ == ECONNRESET; }
  // Waits for more bytes, which the next read begins with. Returns false where none come.
  bool ReceiveSome() { return Receive(); }
  // Returns all bytes until the connection ends.
  std::string ReadAll() {
    while (Receive()) {
    }
    return std::exchange(received_, {});
  }

 private:
  // Appends the chunks to `body`. Returns false where the last one does not arrive.
  bool ReadChunks(std::string& body) {
    for (;;) {
      size_t line_end = 0;
      while ((line_end = received_.find("\r\n")) == std::string::npos) {
        if (!Receive()) return false;
      }
      const size_t size = std::strtoul(received_.c_str(), nullptr, 16);
      while (received_.size() < line_end + 2 + size + 2) {
        if (!Receive()) return false;
      }
      body += received_.substr(line_end + 2, size);
      received_.erase(0, line_end + 2 + size + 2);
      if (size == 0) return true;
    }
  }

  bool Receive() {
    std::array<char, 16384> buffer;
    last_receive_ = recv(fd_, buffer.data(), buffer.size(), 0);
    last_errno_ = errno;
    if (last_receive_ <= 0) {
      return false;
    }
    received_.append(buffer.data(), static_cast<size_t>(last_receive_));
    return true;
  }

  static void ParseHeaders(RawReply& reply) {
    size_t at = reply.head.find("\r\n") + 2;
    while (at < reply.head.size() - 2) {
      const size_t end = reply.head.find("\r\n", at);
      const std::string line = reply.head.substr(at, end - at);
      const size_t colon = line.find(':');
      std::string name = line.substr(0, colon);
      std::transform(name.begin(), name.end(), name.begin(),
                     [](unsigned char c) { return static_cast<char>(std::tolower(c)); });
      std::string value = colon == std::string::npos ? "" : line.substr(colon + 1);
      value.erase(0, value.find_first_not_of(' '));
      reply.headers[name] = value;
      at = end + 2;
    }
  }

  int fd_ = -1;
  std::string received_;
  ssize_t last_receive_ = 0;
  int last_errno_ = 0;
};

}  // namespace rollcall::test
