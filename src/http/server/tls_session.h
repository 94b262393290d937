// The TLS of one connection: a handshake, then bytes in and out, over a socket that does not block.
// Owned by its connection; for the thread of the front's loop.
#pragma once

#include <sys/types.h>

#include <cstddef>
#include <memory>
#include <span>
#include <string_view>

struct bio_st;
struct ssl_st;
struct ssl_ctx_st;

namespace rollcall::http {

class TlsSession {
 public:
  // Returns a session of a server over `fd`, which the caller closes after it; null where there is
  // no memory.
  static std::unique_ptr<TlsSession> Make(ssl_ctx_st& context, int fd);
  ~TlsSession();
  TlsSession(const TlsSession&) = delete;
  TlsSession& operator=(const TlsSession&) = delete;

  enum class Step { kDone, kAgain, kFailed };
  // Goes on with the handshake as far as the bytes that are there allow. kAgain: to be called again
  // when the socket can be read or written, or at once if was_cut_short().
  Step Handshake();

  // Returns, as recv does, how many bytes were read, 0 where the peer has ended its side, or -1
  // with errno EAGAIN where there are none now, or with another errno where the session is broken.
  // Takes a bounded number of bytes from the socket, so it may also find none because it did not
  // look further: was_cut_short().
  ssize_t Read(std::span<char> room);
  // Sends of the two, as if they were one, from `offset` on. Returns the number of bytes sent, 0
  // where none can be now, -1 where the session is broken. What was not sent must be offered again.
  ssize_t Write(std::string_view head, std::string_view body, size_t offset);
  // Tells the peer that nothing more will be sent.
  void End();

  // Returns whether the last call stopped at its bound.
  bool was_cut_short() const { return left_ == 0; }
  // Returns whether another read may find bytes that no event will tell of.
  bool MayHaveMore() const;
  // Returns how many bytes were taken from the socket since the last call.
  size_t TakeRawBytes();

 private:
  friend struct TlsSocket;
  TlsSession(ssl_st& ssl, int fd) : ssl_(ssl), fd_(fd) {}
  // Says of a call that returned `result` what errno says of a system call.
  int ErrorOf(int result) const;

  ssl_st& ssl_;
  const int fd_;
  size_t left_ = 0;  // bytes that the current call may still take from the socket
  size_t raw_ = 0;
  bool ended_ = false;     // the socket has no more bytes to come
  bool is_empty_ = false;  // the last time, the socket had fewer bytes than it was asked for
};

}  // namespace rollcall::http
