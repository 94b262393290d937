// What a report takes over TLS while a crowd begins handshakes and ends none: 10,000 that say
// nothing and 1,000 that send a ClientHello, a byte a second.
#include <openssl/ssl.h>

#include <cstdio>
#include <cstdlib>
#include <memory>

#include "tests/bench/bench.h"
#include "tests/bench/crowd.h"
#include "tests/bench/paced.h"
#include "tests/support/raw_http.h"

namespace rollcall::bench {
namespace {

using TlsContext = std::unique_ptr<SSL_CTX, decltype(&SSL_CTX_free)>;
using Tls = std::unique_ptr<SSL, decltype(&SSL_free)>;

std::string ClientHello(SSL_CTX* context) {
  const Tls tls(SSL_new(context), SSL_free);
  BIO* const out = BIO_new(BIO_s_mem());
  SSL_set_bio(tls.get(), BIO_new(BIO_s_mem()), out);
  SSL_connect(tls.get());
  char* bytes = nullptr;
  const long size = BIO_get_mem_data(out, &bytes);
  return {bytes, static_cast<size_t>(size)};
}

// A sender whose connection stays open.
class Sender {
 public:
  Sender(SSL_CTX* context, int port) : raw_(port), tls_(SSL_new(context), SSL_free) {
    SSL_set_fd(tls_.get(), raw_.fd());
    connected_ = SSL_connect(tls_.get()) == 1;
  }

  // Returns the status; 0: there was no answer.
  int Post(const std::string& source, const std::string& body) {
    const std::string request = "POST / HTTP/1.1\r\nHost: localhost\r\nX-Cluster-ID: " + source +
                                "\r\nContent-Length: " + std::to_string(body.size()) + "\r\n\r\n" +
                                body;
    if (!connected_ ||
        SSL_write(tls_.get(), request.data(), static_cast<int>(request.size())) <= 0) {
      return 0;
    }
    std::string answer;
    char buffer[4096];
    while (answer.find("\r\n\r\n") == std::string::npos) {
      const int n = SSL_read(tls_.get(), buffer, sizeof buffer);
      if (n <= 0) return 0;
      answer.append(buffer, static_cast<size_t>(n));
    }
    return std::atoi(answer.c_str() + 9);
  }

 private:
  test::RawClient raw_;
  const Tls tls_;
  bool connected_ = false;
};

}  // namespace

Status BenchHandshakes(Context& context) {
  const std::string certificate = context.NewPath("cert.pem");
  const std::string key = context.NewPath("key.pem");
  const std::string make =
      "openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -days 1 "
      "-subj /CN=localhost -keyout " +
      key + " -out " + certificate + " 2>/dev/null";
  if (std::system(make.c_str()) != 0) return Status::Unavailable("make a certificate: openssl");
  const auto server = context.StartRollcall(
      context.NewPath("handshakes"),
      {"--max-peer-connections", "0", "--tls-cert-file", certificate, "--tls-key-file", key});
  if (!server.ok()) return server.status();
  const TlsContext tls(SSL_CTX_new(TLS_client_method()), SSL_CTX_free);
  const std::vector<StreamReport> reports = ClusterReports(100);
  Sender sender(tls.get(), (*server)->port());
  const auto post = [&](const std::string& source, const std::string& body) {
    return sender.Post(source, body);
  };
  Latencies alone;
  Latencies crowded;
  ROLLCALL_RETURN_IF_ERROR(PostPaced(context, post, reports, alone));
  const size_t idle = context.quick ? 100 : 10'000;
  const Crowd crowd((*server)->port(), idle, idle / 10, ClientHello(tls.get()), true);
  for (int round = 0; round < context.rounds; ++round) {
    ROLLCALL_RETURN_IF_ERROR(PostPaced(context, post, reports, crowded));
  }
  char note[128];
  std::snprintf(note, sizeof note, "%zu open, %llu opened again, %.0f MiB resident", crowd.open(),
                static_cast<unsigned long long>(crowd.reopened()),
                static_cast<double>((*server)->child().ResidentBytes()) / (1024 * 1024));
  context.Add({"handshakes", "a report over TLS, nothing else: p99", "ms", alone.p99_ms});
  context.Add({"handshakes",
               "a report over TLS beside 10,000 idle handshakes and 1,000 dripping ones: p99",
               "ms",
               crowded.p99_ms,
               {},
               Bar{Bar::Kind::kAtMost, 10},
               note});
  return Status::Ok();
}

}  // namespace rollcall::bench
