#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <httplib.h>
#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/x509v3.h>
#include <unistd.h>

#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <memory>
#include <string>
#include <thread>

#include "http/client/client.h"
#include "tests/support/loopback_server.h"

namespace rollcall::http {
namespace {

using testing::HasSubstr;

using Key = std::unique_ptr<EVP_PKEY, decltype(&EVP_PKEY_free)>;
using Certificate = std::unique_ptr<X509, decltype(&X509_free)>;

Certificate SelfSigned(EVP_PKEY* key, const char* alternative_name) {
  Certificate certificate(X509_new(), X509_free);
  X509_set_version(certificate.get(), 2);
  ASN1_INTEGER_set(X509_get_serialNumber(certificate.get()), 1);
  X509_gmtime_adj(X509_getm_notBefore(certificate.get()), -3600);
  X509_gmtime_adj(X509_getm_notAfter(certificate.get()), 3600);
  X509_set_pubkey(certificate.get(), key);
  X509_NAME* const name = X509_get_subject_name(certificate.get());
  const unsigned char common_name[] = "rollcall test";
  X509_NAME_add_entry_by_txt(name, "CN", MBSTRING_ASC, common_name, -1, -1, 0);
  X509_set_issuer_name(certificate.get(), name);
  X509_EXTENSION* const extension =
      X509V3_EXT_conf_nid(nullptr, nullptr, NID_subject_alt_name, alternative_name);
  X509_add_ext(certificate.get(), extension, -1);
  X509_EXTENSION_free(extension);
  X509_sign(certificate.get(), key, EVP_sha256());
  return certificate;
}

// An https server on loopback, whose certificate the "system's" store holds or does not.
class HttpsGet : public testing::Test {
 protected:
  void Serve(const char* alternative_name, bool trusted) {
    certificate_ = SelfSigned(key_.get(), alternative_name);
    std::FILE* const file = std::fopen(store_.c_str(), "w");
    ASSERT_NE(file, nullptr);
    if (trusted) PEM_write_X509(file, certificate_.get());
    std::fclose(file);
    setenv("SSL_CERT_FILE", store_.c_str(), 1);
    setenv("SSL_CERT_DIR", "/nonexistent", 1);

    server_ = std::make_unique<httplib::SSLServer>(certificate_.get(), key_.get());
    server_->Get("/", [](const httplib::Request&, httplib::Response& response) {
      response.set_content("secret", "text/plain");
    });
    server_->Get("/down", [this](const httplib::Request&, httplib::Response& response) {
      response.set_redirect("http://127.0.0.1:" + std::to_string(port_) + "/");
    });
    port_ = server_->bind_to_any_port("127.0.0.1");
    ASSERT_GT(port_, 0);
    thread_ = std::thread([this] { server_->listen_after_bind(); });
    while (!server_->is_running()) std::this_thread::yield();
  }
  void TearDown() override {
    if (server_) server_->stop();
    if (thread_.joinable()) thread_.join();
    unsetenv("SSL_CERT_FILE");
    unsetenv("SSL_CERT_DIR");
    unlink(store_.c_str());
  }

  std::string Got(const std::string& target = "/") {
    const auto response =
        HttpGet("https://127.0.0.1:" + std::to_string(port_) + target, HttpClientOptions{});
    return response.ok() ? std::to_string(response->status) + " " + response->body
                         : response.status().message();
  }

  const std::string store_ =
      ::testing::TempDir() + "/rollcall-ca-" + std::to_string(getpid()) + ".pem";
  Key key_{EVP_EC_gen("P-256"), EVP_PKEY_free};
  Certificate certificate_{nullptr, X509_free};
  std::unique_ptr<httplib::SSLServer> server_;
  int port_ = 0;
  std::thread thread_;
};

TEST_F(HttpsGet, TakesAnAnswerFromAServerThatTheStoreTrusts) {
  Serve("IP:127.0.0.1", true);
  EXPECT_EQ(Got(), "200 secret");
}

TEST_F(HttpsGet, RefusesACertificateThatTheStoreDoesNotKnow) {
  Serve("IP:127.0.0.1", false);
  EXPECT_THAT(Got(), HasSubstr("certificate is not trusted"));
}

TEST_F(HttpsGet, RefusesATrustedCertificateOfAnotherHost) {
  Serve("IP:127.0.0.2", true);
  EXPECT_THAT(Got(), HasSubstr("not for this host"));
}

TEST_F(HttpsGet, IsNotLedBackToPlainHttp) {
  Serve("IP:127.0.0.1", true);
  EXPECT_THAT(Got("/down"), HasSubstr("redirected from https to http"));
}

TEST_F(HttpsGet, GivesUpOnAHandshakeThatNeverEnds) {
  // Accepts, and says nothing: no head ever comes to the plain server, so it waits as well.
  test::LoopbackServer silent([](test::Connection& c, const std::string&) { c.AwaitClose(); });
  HttpClientOptions options;
  options.total_timeout = std::chrono::milliseconds(100);
  const auto begin = std::chrono::steady_clock::now();
  const auto response =
      HttpGet("https://127.0.0.1:" + std::to_string(silent.port()) + "/", options);
  EXPECT_THAT(response.status().message(), HasSubstr("no complete answer within 100 ms"));
  EXPECT_LT(std::chrono::steady_clock::now() - begin, std::chrono::seconds(4));
}

}  // namespace
}  // namespace rollcall::http
