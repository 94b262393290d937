#include "http/server/tls_certificate.h"

#include <openssl/err.h>
#include <openssl/ssl.h>
#include <openssl/x509.h>

#include <array>
#include <cstring>
#include <ctime>
#include <string_view>
#include <utility>

#include "base/log.h"

namespace rollcall::http {
namespace {

using Context = TlsCertificate::Context;

constexpr std::string_view kHttp("\x08http/1.1", 9);
// Forward secrecy and authenticated encryption; of TLS 1.3 the library's own three.
constexpr const char* kTls12Ciphers = "ECDHE+AESGCM:ECDHE+CHACHA20";
constexpr const char* kGroups = "X25519:P-256:P-384";

// A client that offers protocols but not ours would misread the answer.
int ChooseProtocol(SSL*, const unsigned char** chosen, unsigned char* chosen_size,
                   const unsigned char* offered, unsigned offered_size, void*) {
  unsigned char* found = nullptr;
  if (SSL_select_next_proto(&found, chosen_size,
                            reinterpret_cast<const unsigned char*>(kHttp.data()), kHttp.size(),
                            offered, offered_size) != OPENSSL_NPN_NEGOTIATED) {
    return SSL_TLSEXT_ERR_ALERT_FATAL;
  }
  *chosen = found;
  return SSL_TLSEXT_ERR_OK;
}

// A key that wants a passphrase is refused; the library would ask the terminal.
int NoPassphrase(char*, int, int, void*) { return 0; }

Status Failure(const std::string& step) {
  return Status::FailedPrecondition(step + ": " + TakeTlsError());
}

Status Configure(SSL_CTX& context) {
  SSL_CTX_set_min_proto_version(&context, TLS1_2_VERSION);
  // No resumption: its tickets would be under one key for as long as the process lives, and senders
  // keep their connections. An end without a close_notify is one all the same: the length of a
  // message does not come from it.
  SSL_CTX_set_options(&context, SSL_OP_NO_RENEGOTIATION | SSL_OP_NO_TICKET | SSL_OP_NO_COMPRESSION |
                                    SSL_OP_CIPHER_SERVER_PREFERENCE | SSL_OP_PRIORITIZE_CHACHA |
                                    SSL_OP_IGNORE_UNEXPECTED_EOF);
  SSL_CTX_set_session_cache_mode(&context, SSL_SESS_CACHE_OFF);
  SSL_CTX_set_num_tickets(&context, 0);
  // An idle connection gives its buffers back.
  SSL_CTX_set_mode(&context, SSL_MODE_ENABLE_PARTIAL_WRITE | SSL_MODE_ACCEPT_MOVING_WRITE_BUFFER |
                                 SSL_MODE_RELEASE_BUFFERS);
  SSL_CTX_set_read_ahead(&context, 1);
  SSL_CTX_set_alpn_select_cb(&context, ChooseProtocol, nullptr);
  SSL_CTX_set_default_passwd_cb(&context, NoPassphrase);
  if (SSL_CTX_set_cipher_list(&context, kTls12Ciphers) != 1 ||
      SSL_CTX_set1_groups_list(&context, kGroups) != 1) {
    return Failure("set up TLS");
  }
  return Status::Ok();
}

Status AskForClientCertificates(SSL_CTX& context, const std::string& file) {
  if (SSL_CTX_load_verify_file(&context, file.c_str()) != 1) return Failure("read " + file);
  STACK_OF(X509_NAME)* const names = SSL_load_client_CA_file(file.c_str());
  if (names == nullptr) return Failure("read " + file);
  SSL_CTX_set_client_CA_list(&context, names);
  SSL_CTX_set_verify(&context, SSL_VERIFY_PEER | SSL_VERIFY_FAIL_IF_NO_PEER_CERT, nullptr);
  return Status::Ok();
}

Result<Context> ReadContext(const TlsFiles& files) {
  ERR_clear_error();
  const Context context(SSL_CTX_new(TLS_server_method()), SSL_CTX_free);
  if (context == nullptr) return Failure("set up TLS");
  ROLLCALL_RETURN_IF_ERROR(Configure(*context));
  if (SSL_CTX_use_certificate_chain_file(context.get(), files.certificate.c_str()) != 1) {
    return Failure("read the certificate " + files.certificate);
  }
  if (SSL_CTX_use_PrivateKey_file(context.get(), files.key.c_str(), SSL_FILETYPE_PEM) != 1) {
    return Failure("read the key " + files.key + " of " + files.certificate);
  }
  if (!files.client_ca.empty()) {
    ROLLCALL_RETURN_IF_ERROR(AskForClientCertificates(*context, files.client_ca));
  }
  return context;
}

// Seconds since 1970; 0: the certificate does not say.
int64_t ExpiryOf(const SSL_CTX& context) {
  tm time{};
  const X509* const certificate = SSL_CTX_get0_certificate(&context);
  if (certificate == nullptr || ASN1_TIME_to_tm(X509_get0_notAfter(certificate), &time) != 1) {
    return 0;
  }
  return timegm(&time);
}

}  // namespace

std::string TakeTlsError() {
  const unsigned long code = ERR_get_error();
  ERR_clear_error();
  if (code == 0) return "no reason given";
  if (ERR_SYSTEM_ERROR(code)) return std::strerror(ERR_GET_REASON(code));
  const char* const reason = ERR_reason_error_string(code);
  return reason == nullptr ? "error " + std::to_string(code) : reason;
}

TlsCertificate::TlsCertificate(TlsFiles files, std::string listener, metrics::Registry& registry)
    : files_(std::move(files)),
      listener_(std::move(listener)),
      expires_(registry.GetGauge("rollcall_tls_certificate_expiry_timestamp_seconds",
                                 "When the certificate in force expires, in Unix seconds",
                                 {{"listener", listener_}})),
      is_stale_(registry.GetGauge(
          "rollcall_tls_certificate_stale",
          "1: the files have changed and are bad, and what was read before is in force",
          {{"listener", listener_}})) {}

Result<std::unique_ptr<TlsCertificate>> TlsCertificate::Load(const TlsFiles& files,
                                                             const std::string& listener,
                                                             metrics::Registry& registry) {
  std::unique_ptr<TlsCertificate> loaded(new TlsCertificate(files, listener, registry));
  loaded->read_ = loaded->StampsNow();
  ROLLCALL_RETURN_IF_ERROR(loaded->Read().WithContext("TLS of the " + listener + " listener"));
  return loaded;
}

TlsCertificate::Stamps TlsCertificate::StampsNow() const {
  return {FileStamp::Of(files_.certificate), FileStamp::Of(files_.key),
          FileStamp::Of(files_.client_ca)};
}

Status TlsCertificate::Read() {
  Result<Context> context = ReadContext(files_);
  if (!context.ok()) return context.status();
  const int64_t expires = ExpiryOf(**context);
  expires_.Set(expires);
  if (expires <= std::time(nullptr)) {
    log::Warn("TLS of the {} listener: the certificate {} has expired", listener_,
              files_.certificate);
  }
  const MutexLock lock(mutex_);
  current_ = std::move(context).value();
  return Status::Ok();
}

void TlsCertificate::FollowFiles() {
  const Stamps now = StampsNow();
  if (now == read_) return;
  read_ = now;
  const Status status = Read();
  is_stale_.Set(status.ok() ? 0 : 1);
  if (status.ok()) {
    log::Info("TLS of the {} listener: {} is read again; new connections use it", listener_,
              files_.certificate);
  } else {
    log::Error("TLS of the {} listener stays as it is: {}", listener_, status.message());
  }
}

Context TlsCertificate::Current() const {
  const MutexLock lock(mutex_);
  return current_;
}

}  // namespace rollcall::http
