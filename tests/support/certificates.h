// Certificates and keys for tests, made on the spot. Plain functions; they fail the test where the
// library does.
#pragma once

#include <gtest/gtest.h>
#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/x509v3.h>

#include <cstdio>
#include <memory>
#include <string>

namespace rollcall::test {

using Key = std::unique_ptr<EVP_PKEY, decltype(&EVP_PKEY_free)>;
using Certificate = std::unique_ptr<X509, decltype(&X509_free)>;

inline Key MakeKey() { return {EVP_EC_gen("P-256"), EVP_PKEY_free}; }

// A certificate and its key. `issuer` null: it signs itself.
struct Pair {
  Key key{MakeKey()};
  Certificate certificate{nullptr, X509_free};

  // `valid_seconds`: from now on. `alternative_name`: "IP:127.0.0.1"; empty: none.
  static Pair Make(const std::string& name, const Pair* issuer = nullptr, long valid_seconds = 3600,
                   const std::string& alternative_name = "IP:127.0.0.1") {
    static long serial = 0;
    Pair pair;
    pair.certificate.reset(X509_new());
    X509* const made = pair.certificate.get();
    X509_set_version(made, 2);
    ASN1_INTEGER_set(X509_get_serialNumber(made), ++serial);
    X509_gmtime_adj(X509_getm_notBefore(made), -7200);
    X509_gmtime_adj(X509_getm_notAfter(made), valid_seconds);
    X509_set_pubkey(made, pair.key.get());
    X509_NAME* const subject = X509_get_subject_name(made);
    X509_NAME_add_entry_by_txt(subject, "CN", MBSTRING_ASC,
                               reinterpret_cast<const unsigned char*>(name.c_str()), -1, -1, 0);
    X509_set_issuer_name(
        made, issuer == nullptr ? subject : X509_get_subject_name(issuer->certificate.get()));
    if (!alternative_name.empty()) {
      X509_EXTENSION* const extension =
          X509V3_EXT_conf_nid(nullptr, nullptr, NID_subject_alt_name, alternative_name.c_str());
      X509_add_ext(made, extension, -1);
      X509_EXTENSION_free(extension);
    }
    if (issuer == nullptr) {
      X509_EXTENSION* const extension =
          X509V3_EXT_conf_nid(nullptr, nullptr, NID_basic_constraints, "critical,CA:TRUE");
      X509_add_ext(made, extension, -1);
      X509_EXTENSION_free(extension);
    }
    EXPECT_GT(X509_sign(made, issuer == nullptr ? pair.key.get() : issuer->key.get(), EVP_sha256()),
              0);
    return pair;
  }

  void WriteCertificate(const std::string& path) const {
    std::FILE* const file = std::fopen(path.c_str(), "w");
    ASSERT_NE(file, nullptr) << path;
    PEM_write_X509(file, certificate.get());
    std::fclose(file);
  }
  void WriteKey(const std::string& path) const {
    std::FILE* const file = std::fopen(path.c_str(), "w");
    ASSERT_NE(file, nullptr) << path;
    PEM_write_PrivateKey(file, key.get(), nullptr, nullptr, 0, nullptr, nullptr);
    std::fclose(file);
  }
};

}  // namespace rollcall::test
