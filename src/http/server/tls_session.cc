#include "http/server/tls_session.h"

#include <openssl/bio.h>
#include <openssl/err.h>
#include <openssl/ssl.h>
#include <sys/socket.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <utility>

#include "base/log.h"
#include "http/server/tls_certificate.h"

namespace rollcall::http {
namespace {

// Bytes from the socket per call. Records can be without content, and a peer that sends only such
// would otherwise keep a call busy for as long as it likes.
constexpr size_t kCallBytes = 64 * 1024;
constexpr size_t kRecordBytes = 16 * 1024;

}  // namespace

// The library's view of the socket. Its own writes without MSG_NOSIGNAL, and reads without a bound.
struct TlsSocket {
  static int Read(BIO* bio, char* room, int size) {
    auto& session = *static_cast<TlsSession*>(BIO_get_data(bio));
    BIO_clear_retry_flags(bio);
    if (session.left_ == 0) {
      BIO_set_retry_read(bio);
      return -1;
    }
    const size_t most = std::min(session.left_, static_cast<size_t>(size));
    ssize_t n = 0;
    do {
      n = recv(session.fd_, room, most, 0);
    } while (n < 0 && errno == EINTR);
    session.is_empty_ = n < static_cast<ssize_t>(most);
    if (n > 0) {
      session.left_ -= static_cast<size_t>(n);
      session.raw_ += static_cast<size_t>(n);
    } else if (n < 0 && errno == EAGAIN) {
      BIO_set_retry_read(bio);
    } else {
      session.ended_ = n == 0;
    }
    return static_cast<int>(n);
  }

  static int Write(BIO* bio, const char* bytes, int size) {
    const auto& session = *static_cast<TlsSession*>(BIO_get_data(bio));
    BIO_clear_retry_flags(bio);
    ssize_t n = 0;
    do {
      n = send(session.fd_, bytes, static_cast<size_t>(size), MSG_NOSIGNAL | MSG_DONTWAIT);
    } while (n < 0 && errno == EINTR);
    if (n < 0 && errno == EAGAIN) BIO_set_retry_write(bio);
    return static_cast<int>(n);
  }

  static long Control(BIO* bio, int command, long, void*) {
    if (command == BIO_CTRL_FLUSH) return 1;
    return command == BIO_CTRL_EOF && static_cast<TlsSession*>(BIO_get_data(bio))->ended_ ? 1 : 0;
  }

  static const BIO_METHOD* Method() {
    static const BIO_METHOD* const made = [] {
      BIO_METHOD* const method =
          BIO_meth_new(BIO_get_new_index() | BIO_TYPE_SOURCE_SINK, "rollcall socket");
      BIO_meth_set_read(method, Read);
      BIO_meth_set_write(method, Write);
      BIO_meth_set_ctrl(method, Control);
      return method;
    }();
    return made;
  }
};

std::unique_ptr<TlsSession> TlsSession::Make(ssl_ctx_st& context, int fd) {
  SSL* const ssl = SSL_new(&context);
  BIO* const bio = BIO_new(TlsSocket::Method());
  if (ssl == nullptr || bio == nullptr) {
    SSL_free(ssl);
    BIO_free(bio);
    return nullptr;
  }
  std::unique_ptr<TlsSession> session(new TlsSession(*ssl, fd));
  BIO_set_data(bio, session.get());
  BIO_set_init(bio, 1);
  SSL_set_bio(ssl, bio, bio);
  SSL_set_accept_state(ssl);
  return session;
}

TlsSession::~TlsSession() { SSL_free(&ssl_); }

TlsSession::Step TlsSession::Handshake() {
  left_ = kCallBytes;
  ERR_clear_error();
  const int result = SSL_do_handshake(&ssl_);
  if (result == 1) return Step::kDone;
  if (ErrorOf(result) == EAGAIN) return Step::kAgain;
  log::Debug("a TLS handshake failed: {}", TakeTlsError());
  return Step::kFailed;
}

ssize_t TlsSession::Read(std::span<char> room) {
  left_ = kCallBytes;
  ERR_clear_error();
  size_t got = 0;
  const int result = SSL_read_ex(&ssl_, room.data(), room.size(), &got);
  if (result == 1) return static_cast<ssize_t>(got);
  errno = ErrorOf(result);
  return errno == 0 ? 0 : -1;
}

ssize_t TlsSession::Write(std::string_view head, std::string_view body, size_t offset) {
  const size_t total = head.size() + body.size();
  const size_t begin = offset;
  std::array<char, kRecordBytes> joined;
  while (offset < total) {
    std::string_view record;
    if (offset >= head.size()) {
      record = body.substr(offset - head.size(), kRecordBytes);
    } else {
      const std::string_view first = head.substr(offset, kRecordBytes);
      const std::string_view second = body.substr(0, kRecordBytes - first.size());
      std::copy(first.begin(), first.end(), joined.begin());
      std::copy(second.begin(), second.end(), joined.begin() + first.size());
      record = {joined.data(), first.size() + second.size()};
    }
    ERR_clear_error();
    size_t sent = 0;
    const int result = SSL_write_ex(&ssl_, record.data(), record.size(), &sent);
    if (result != 1) {
      if (ErrorOf(result) == EAGAIN) break;
      return -1;
    }
    offset += sent;
  }
  return static_cast<ssize_t>(offset - begin);
}

void TlsSession::End() {
  ERR_clear_error();
  SSL_shutdown(&ssl_);
}

bool TlsSession::MayHaveMore() const {
  return was_cut_short() || !is_empty_ || SSL_has_pending(&ssl_) != 0;
}

size_t TlsSession::TakeRawBytes() { return std::exchange(raw_, 0); }

int TlsSession::ErrorOf(int result) const {
  switch (SSL_get_error(&ssl_, result)) {
    case SSL_ERROR_WANT_READ:
    case SSL_ERROR_WANT_WRITE:
      return EAGAIN;
    case SSL_ERROR_ZERO_RETURN:
      return 0;
    default:
      return ECONNRESET;
  }
}

}  // namespace rollcall::http
