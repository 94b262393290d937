// A client that speaks TLS over a blocking loopback socket and shows what it agreed on. Gives up
// when RawClient does. Owned by the test. Thread-compatible.
#pragma once

#include <openssl/err.h>
#include <openssl/ssl.h>

#include <csignal>
#include <memory>
#include <string>
#include <string_view>
#include <utility>

#include "tests/support/certificates.h"
#include "tests/support/raw_http.h"

namespace rollcall::test {

struct TlsClientOptions {
  int min_version = TLS1_2_VERSION;
  int max_version = TLS1_3_VERSION;
  std::string ciphers = {};       // of TLS 1.2 and before; empty: the library's
  std::string protocols = {};     // ALPN as on the wire: "\x08http/1.1"
  const Pair* own = nullptr;      // the certificate it shows
  const Pair* trusted = nullptr;  // what it trusts; null: anything
};

class TlsClient {
 public:
  explicit TlsClient(int port, const TlsClientOptions& options = {})
      : TlsClient(RawClient(port), options) {}
  // Goes on with a connection on which something was sent already.
  TlsClient(RawClient raw, const TlsClientOptions& options)
      : raw_(std::move(raw)), context_(SSL_CTX_new(TLS_client_method()), SSL_CTX_free) {
    std::signal(SIGPIPE, SIG_IGN);  // the library writes without MSG_NOSIGNAL
    SSL_CTX* const context = context_.get();
    SSL_CTX_set_security_level(context, 0);
    SSL_CTX_set_min_proto_version(context, options.min_version);
    SSL_CTX_set_max_proto_version(context, options.max_version);
    if (!options.ciphers.empty()) SSL_CTX_set_cipher_list(context, options.ciphers.c_str());
    if (!options.protocols.empty()) {
      SSL_CTX_set_alpn_protos(context,
                              reinterpret_cast<const unsigned char*>(options.protocols.data()),
                              static_cast<unsigned>(options.protocols.size()));
    }
    if (options.own != nullptr) {
      SSL_CTX_use_certificate(context, options.own->certificate.get());
      SSL_CTX_use_PrivateKey(context, options.own->key.get());
    }
    if (options.trusted != nullptr) {
      X509_STORE_add_cert(SSL_CTX_get_cert_store(context), options.trusted->certificate.get());
      SSL_CTX_set_verify(context, SSL_VERIFY_PEER, nullptr);
    }
    ssl_.reset(SSL_new(context));
    SSL_set_fd(ssl_.get(), raw_.fd());
  }

  // Returns whether the server agreed.
  bool Handshake() {
    ERR_clear_error();
    return SSL_connect(ssl_.get()) == 1;
  }
  bool Send(std::string_view bytes) {
    while (!bytes.empty()) {
      const int n = SSL_write(ssl_.get(), bytes.data(), static_cast<int>(bytes.size()));
      if (n <= 0) return false;
      bytes.remove_prefix(static_cast<size_t>(n));
    }
    return true;
  }
  // Sends each byte in a record of its own.
  bool SendInRecordsOfOne(std::string_view bytes) {
    for (const char& byte : bytes) {
      if (!Send({&byte, 1})) return false;
    }
    return true;
  }
  // Returns the next answer that has a Content-Length: "200 the body"; "" where the connection
  // ends.
  std::string Read() {
    size_t end = 0;
    while ((end = received_.find("\r\n\r\n")) == std::string::npos) {
      if (!Receive()) return "";
    }
    constexpr std::string_view kLength = "Content-Length: ";
    const size_t length = received_.find(kLength);
    const size_t size = length < end ? std::stoul(received_.substr(length + kLength.size())) : 0;
    while (received_.size() < end + 4 + size) {
      if (!Receive()) return "";
    }
    const std::string answer = received_.substr(9, 3) + " " + received_.substr(end + 4, size);
    received_.erase(0, end + 4 + size);
    return answer;
  }
  std::string Ask(std::string_view bytes) { return Send(bytes) ? Read() : ""; }
  // Returns all that comes until the server ends; sets ended_properly().
  std::string ReadAll() {
    while (Receive()) {
    }
    return std::exchange(received_, {});
  }
  // Returns whether the last read met the server's close_notify.
  bool ended_properly() const {
    return (SSL_get_shutdown(ssl_.get()) & SSL_RECEIVED_SHUTDOWN) != 0;
  }
  // Says, in TLS and then in TCP, that nothing more will be sent.
  void EndSending() {
    SSL_shutdown(ssl_.get());
    raw_.EndSending();
  }

  std::string version() const { return SSL_get_version(ssl_.get()); }
  std::string cipher() const { return SSL_get_cipher_name(ssl_.get()); }
  std::string protocol() const {
    const unsigned char* name = nullptr;
    unsigned size = 0;
    SSL_get0_alpn_selected(ssl_.get(), &name, &size);
    return std::string(reinterpret_cast<const char*>(name), size);
  }
  // Returns the CN of the server's certificate.
  std::string server_name() const {
    const Certificate certificate(SSL_get1_peer_certificate(ssl_.get()), X509_free);
    char name[256] = "";
    if (certificate) {
      X509_NAME_get_text_by_NID(X509_get_subject_name(certificate.get()), NID_commonName, name,
                                sizeof name);
    }
    return name;
  }
  SSL* ssl() { return ssl_.get(); }
  RawClient& raw() { return raw_; }

 private:
  bool Receive() {
    char buffer[16384];
    const int n = SSL_read(ssl_.get(), buffer, sizeof buffer);
    if (n <= 0) return false;
    received_.append(buffer, static_cast<size_t>(n));
    return true;
  }

  RawClient raw_;
  std::unique_ptr<SSL_CTX, decltype(&SSL_CTX_free)> context_;
  std::unique_ptr<SSL, decltype(&SSL_free)> ssl_{nullptr, SSL_free};
  std::string received_;
};

}  // namespace rollcall::test
