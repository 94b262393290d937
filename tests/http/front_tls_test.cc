// The front over TLS: what it agrees to, what it does with those that do not speak it well, and how
// its bounds hold while they try.
#include <gmock/gmock.h>
#include <openssl/ssl.h>

#include <random>

#include "tests/support/certificates.h"
#include "tests/support/http_front_fixture.h"
#include "tests/support/log_capture.h"
#include "tests/support/temp_dir.h"
#include "tests/support/tls_client.h"

namespace rollcall::test {
namespace {

using std::chrono::milliseconds;
using ::testing::HasSubstr;
using ::testing::Not;
using ::testing::StartsWith;

constexpr const char* kTimedOut = "rollcall_http_closed_total{reason=\"deadline_handshake\"}";
constexpr const char* kFailed = "rollcall_http_closed_total{reason=\"handshake\"}";

size_t LinesOf(const std::string& text) {
  return static_cast<size_t>(std::count(text.begin(), text.end(), '\n'));
}

class HttpFrontTlsTest : public HttpFrontTest {
 protected:
  HttpFrontTlsTest() {
    server_.WriteCertificate(Path("cert.pem"));
    server_.WriteKey(Path("key.pem"));
    options_.public_tls = {Path("cert.pem"), Path("key.pem"), ""};
  }

  std::string Path(const std::string& name) const { return dir_.path() + "/" + name; }
  TlsClient Tls(const TlsClientOptions& options = {}) {
    return TlsClient(front_->public_port(), options);
  }
  // The ClientHello of a client that goes on with nothing.
  static std::string Hello() {
    SSL_CTX* const context = SSL_CTX_new(TLS_client_method());
    SSL* const ssl = SSL_new(context);
    BIO* const in = BIO_new(BIO_s_mem());
    BIO* const out = BIO_new(BIO_s_mem());
    SSL_set_bio(ssl, in, out);
    SSL_connect(ssl);
    char* bytes = nullptr;
    const long size = BIO_get_mem_data(out, &bytes);
    std::string hello(bytes, static_cast<size_t>(size));
    SSL_free(ssl);
    SSL_CTX_free(context);
    return hello;
  }
  // The front still serves.
  void ExpectServes() {
    TlsClient client = Tls();
    ASSERT_TRUE(client.Handshake());
    EXPECT_EQ(client.Ask(Get("/well")), "200 GET /well \n");
  }

  TempDir dir_;
  const Pair server_ = Pair::Make("first");
};

TEST_F(HttpFrontTlsTest, SpeaksTls12And13AndHttp11AndShowsItsCertificate) {
  Start();
  for (const int version : {TLS1_2_VERSION, TLS1_3_VERSION}) {
    TlsClientOptions options{.min_version = version, .max_version = version};
    options.protocols = "\x02h2\x08http/1.1";
    options.trusted = &server_;
    TlsClient client = Tls(options);
    ASSERT_TRUE(client.Handshake()) << version;
    EXPECT_EQ(client.version(), version == TLS1_2_VERSION ? "TLSv1.2" : "TLSv1.3");
    EXPECT_EQ(client.protocol(), "http/1.1");
    EXPECT_EQ(client.server_name(), "first");
    EXPECT_EQ(client.Ask(Get("/a")), "200 GET /a \n");
    EXPECT_EQ(client.Ask(Post("/b", "hello")), "200 POST /b hello\n")
        << "the connection stays open";
  }
  EXPECT_EQ(Metric("rollcall_tls_handshakes_total{listener=\"public\"}"), 2);
}

TEST_F(HttpFrontTlsTest, RefusesOldVersionsOldCiphersAndOtherProtocols) {
  Start();
  const auto agrees = [this](const TlsClientOptions& options) { return Tls(options).Handshake(); };
  EXPECT_FALSE(agrees({.min_version = TLS1_VERSION, .max_version = TLS1_VERSION}));
  EXPECT_FALSE(agrees({.min_version = TLS1_1_VERSION, .max_version = TLS1_1_VERSION}));
  const auto with = [&](const char* ciphers) {
    return agrees({.max_version = TLS1_2_VERSION, .ciphers = ciphers});
  };
  EXPECT_TRUE(with("ECDHE-ECDSA-AES128-GCM-SHA256"));
  EXPECT_TRUE(with("ECDHE-ECDSA-CHACHA20-POLY1305"));
  EXPECT_FALSE(with("ECDHE-ECDSA-AES128-SHA"));
  EXPECT_FALSE(with("ECDHE-ECDSA-AES256-SHA384"));
  EXPECT_FALSE(with("AES128-GCM-SHA256"));
  EXPECT_FALSE(with("eNULL"));
  EXPECT_FALSE(agrees({.protocols = "\x02h2"}));
  AwaitMetric(kFailed, 7);
  ExpectServes();
}

TEST_F(HttpFrontTlsTest, SaysSoInPlainTextWhereTheOtherSpeaksPlainHttp) {
  Start();
  RawClient plain = Connect();
  const auto reply = plain.Ask(Get("/"));
  ASSERT_TRUE(reply);
  EXPECT_EQ(reply->status, 400);
  EXPECT_THAT(reply->body, HasSubstr("https://"));
  EXPECT_TRUE(plain.Ended());
  EXPECT_EQ(Handled(), 0U);
  ExpectServes();
}

TEST_F(HttpFrontTlsTest, SaysSoWhereTheOtherSpeaksTlsToAPlainPort) {
  options_.public_tls = {};
  Start();
  RawClient client = Connect();
  const auto reply = client.Ask(Hello());
  ASSERT_TRUE(reply);
  EXPECT_EQ(reply->status, 400);
  EXPECT_THAT(reply->body, HasSubstr("not TLS"));
}

TEST_F(HttpFrontTlsTest, AHandshakeHasOneDeadlineHoweverItDrips) {
  options_.header_timeout = milliseconds(300);
  Start();
  const std::string hello = Hello();
  RawClient idle = Connect();
  RawClient half = Connect();
  ASSERT_TRUE(half.Send(hello.substr(0, hello.size() / 2)));
  // Its hello is whole and it says nothing more.
  RawClient silent = Connect();
  ASSERT_TRUE(silent.Send(hello));
  const auto begin = std::chrono::steady_clock::now();
  RawClient drips = Connect();
  size_t sent = 0;
  while (sent < hello.size() && drips.Send(hello.substr(sent, 1))) {
    ++sent;
    std::this_thread::sleep_for(milliseconds(5));
  }
  EXPECT_LT(sent, hello.size());
  EXPECT_TRUE(idle.EndedOrBroken());
  EXPECT_TRUE(half.EndedOrBroken());
  silent.ReadAll();
  EXPECT_GE(std::chrono::steady_clock::now() - begin, milliseconds(200));
  AwaitMetric(kTimedOut, 4);
  AwaitMetric("rollcall_http_connections{listener=\"public\"}", 0);
}

TEST_F(HttpFrontTlsTest, ATruncatedHelloEndsTheConnection) {
  Start();
  const std::string hello = Hello();
  for (size_t size = 0; size < hello.size(); size += size < 16 ? 1 : 37) {
    RawClient client = Connect();
    ASSERT_TRUE(client.Send(std::string_view(hello).substr(0, size)));
    client.EndSending();
    client.ReadAll();
    EXPECT_FALSE(client.Broken()) << size;
  }
  AwaitMetric("rollcall_http_connections{listener=\"public\"}", 0);
  ExpectServes();
}

TEST_F(HttpFrontTlsTest, RandomBytesEndTheirConnectionAndNoOther) {
  Start();
  TlsClient bystander = Tls();
  ASSERT_TRUE(bystander.Handshake());
  const std::string hello = Hello();
  std::minstd_rand random(7);
  for (int i = 0; i < 300; ++i) {
    std::string bytes = hello;
    if (i % 3 == 0) {
      for (char& c : bytes) c = static_cast<char>(random());
      bytes[0] = 0x16;
    } else {
      for (int n = 0; n < 3; ++n) bytes[random() % bytes.size()] = static_cast<char>(random());
    }
    RawClient client = Connect();
    client.Send(bytes);
    client.EndSending();
    client.ReadAll();
  }
  EXPECT_EQ(bystander.Ask(Get("/")), "200 GET / \n");
  EXPECT_EQ(Handled(), 1U);
}

TEST_F(HttpFrontTlsTest, RecordsOfOneByteAreARequestLikeAnyOther) {
  Start();
  TlsClient client = Tls();
  ASSERT_TRUE(client.Handshake());
  const std::string body(3000, 'x');
  ASSERT_TRUE(client.SendInRecordsOfOne(Post("/slow", body)));
  EXPECT_EQ(client.Read(), "200 POST /slow " + body + "\n");
}

TEST_F(HttpFrontTlsTest, LargeAnswersAndStreamsArriveWhole) {
  Start();
  TlsClient client = Tls();
  ASSERT_TRUE(client.Handshake());
  for (const size_t size : {1UL, 16'000UL, 16'384UL, 17'000UL, 5'000'000UL}) {
    EXPECT_EQ(client.Ask(Get("/large/" + std::to_string(size))), "200 " + std::string(size, 'x'));
  }
  const std::string all(kMaxBodyBytes, 'y');
  EXPECT_EQ(client.Ask(Post("/up", all)), "200 POST /up " + all + "\n");
  ASSERT_TRUE(client.Send("GET /stream/20 HTTP/1.0\r\nHost: t\r\n\r\n"));
  const std::string answer = client.ReadAll();
  EXPECT_EQ(answer.substr(answer.find("\r\n\r\n") + 4), AllPieces(20));
  EXPECT_TRUE(client.ended_properly()) << "and that it ended is said";
}

TEST_F(HttpFrontTlsTest, ASlowReaderGetsAllOfIt) {
  Start();
  TlsClient client(RawClient(front_->public_port(), 4096), {});
  ASSERT_TRUE(client.Handshake());
  ASSERT_TRUE(client.Send(Get("/large/8000000")));
  // The front has filled what the kernel takes, and waits.
  while (Metric("rollcall_http_buffered_bytes") < 8'000'000) std::this_thread::yield();
  EXPECT_EQ(client.Read(), "200 " + std::string(8'000'000, 'x'));
}

TEST_F(HttpFrontTlsTest, ARequestThatEndsItsSideIsAnsweredAll) {
  Start();
  TlsClient proper = Tls();
  ASSERT_TRUE(proper.Handshake());
  ASSERT_TRUE(proper.Send(Get("/proper")));
  proper.EndSending();
  EXPECT_EQ(proper.Read(), "200 GET /proper \n");
  EXPECT_EQ(proper.ReadAll(), "");
  // Without a close_notify.
  TlsClient abrupt = Tls();
  ASSERT_TRUE(abrupt.Handshake());
  ASSERT_TRUE(abrupt.Send(Get("/abrupt")));
  abrupt.raw().EndSending();
  EXPECT_EQ(abrupt.Read(), "200 GET /abrupt \n");
  // Cut short, it is none.
  TlsClient cut = Tls();
  ASSERT_TRUE(cut.Handshake());
  ASSERT_TRUE(cut.Send(Post("/cut", "hello").substr(0, 50)));
  cut.EndSending();
  EXPECT_EQ(cut.ReadAll(), "");
  EXPECT_EQ(Handled(), 2U);
}

TEST_F(HttpFrontTlsTest, NobodyNegotiatesAnew) {
  Start();
  TlsClient client = Tls({.max_version = TLS1_2_VERSION});
  ASSERT_TRUE(client.Handshake());
  EXPECT_EQ(client.Ask(Get("/before")), "200 GET /before \n");
  SSL_renegotiate(client.ssl());
  EXPECT_NE(SSL_do_handshake(client.ssl()), 1);
  ExpectServes();
}

TEST_F(HttpFrontTlsTest, AFloodOfNewKeysDelaysNobodyAndEnds) {
  Start();
  TlsClient flood = Tls({.min_version = TLS1_3_VERSION});
  ASSERT_TRUE(flood.Handshake());
  for (int i = 0; i < 2000; ++i) {
    // The last ones may find the connection closed.
    if (SSL_key_update(flood.ssl(), SSL_KEY_UPDATE_NOT_REQUESTED) != 1 ||
        SSL_do_handshake(flood.ssl()) != 1) {
      break;
    }
  }
  ExpectServes();
}

TEST_F(HttpFrontTlsTest, HandshakesThatLastLongestGiveWayToNewConnections) {
  options_.max_connections = 8;
  options_.private_address = "";
  Start();
  TlsClient working = Tls();
  ASSERT_TRUE(working.Handshake());
  std::vector<RawClient> idle;
  for (int i = 0; i < 20; ++i) {
    idle.push_back(Connect());
    ASSERT_TRUE(idle.back().connected());
  }
  AwaitMetric("rollcall_http_connections_accepted_total{listener=\"public\"}", 21);
  ExpectServes();
  EXPECT_EQ(working.Ask(Get("/")), "200 GET / \n") << "it has asked already, and is left alone";
}

TEST_F(HttpFrontTlsTest, FilesThatChangeAreReadAgainAndOpenConnectionsGoOn) {
  Start();
  TlsClient open = Tls();
  ASSERT_TRUE(open.Handshake());
  const double expires =
      Metric("rollcall_tls_certificate_expiry_timestamp_seconds{listener=\"public\"}");

  const LogCapture log;
  front_->FollowFiles();
  EXPECT_EQ(log.text(), "") << "nothing has changed";

  const Pair second = Pair::Make("second", nullptr, 24 * 3600);
  second.WriteCertificate(Path("cert.pem"));
  front_->FollowFiles();
  EXPECT_THAT(log.text(), AllOf(StartsWith("error TLS of the public listener stays as it is: "),
                                HasSubstr("key.pem")))
      << "the key is the old one still";
  front_->FollowFiles();
  EXPECT_EQ(LinesOf(log.text()), 1u) << log.text();
  EXPECT_EQ(Metric("rollcall_tls_certificate_stale{listener=\"public\"}"), 1);
  TlsClient meanwhile = Tls();
  ASSERT_TRUE(meanwhile.Handshake());
  EXPECT_EQ(meanwhile.server_name(), "first");

  second.WriteKey(Path("key.pem"));
  front_->FollowFiles();
  TlsClient after = Tls();
  ASSERT_TRUE(after.Handshake());
  EXPECT_EQ(after.server_name(), "second");
  EXPECT_EQ(Metric("rollcall_tls_certificate_stale{listener=\"public\"}"), 0);
  EXPECT_NEAR(Metric("rollcall_tls_certificate_expiry_timestamp_seconds{listener=\"public\"}"),
              expires + 23 * 3600, 60);
  EXPECT_EQ(open.Ask(Get("/")), "200 GET / \n");
  EXPECT_EQ(meanwhile.Ask(Get("/")), "200 GET / \n");
}

TEST_F(HttpFrontTlsTest, BadFilesAreNamedAtTheStart) {
  const auto refusal = [this] {
    const auto front = http::HttpFront::Start(
        options_, [this](const http::HttpRequest& head) { return Judge(head); }, registry_);
    return front.ok() ? "" : front.status().message();
  };
  options_.public_tls.certificate = Path("none.pem");
  EXPECT_THAT(refusal(),
              AllOf(HasSubstr("public"), HasSubstr("none.pem"), HasSubstr("No such file")));
  options_.public_tls = {Path("cert.pem"), Path("cert.pem"), ""};
  EXPECT_THAT(refusal(), HasSubstr("read the key " + Path("cert.pem")));
  Pair::Make("another").WriteKey(Path("other.pem"));
  options_.public_tls = {Path("cert.pem"), Path("other.pem"), ""};
  EXPECT_THAT(refusal(), AllOf(HasSubstr("other.pem"), HasSubstr("mismatch")));
  options_.public_tls = {Path("cert.pem"), Path("key.pem"), Path("key.pem")};
  EXPECT_THAT(refusal(), HasSubstr("key.pem"));
}

TEST_F(HttpFrontTlsTest, ThePrivateListenerAsksForACertificateOfItsAuthority) {
  const Pair authority = Pair::Make("authority");
  const Pair friendly = Pair::Make("friendly", &authority);
  const Pair stranger = Pair::Make("stranger");
  const Pair expired = Pair::Make("expired", &authority, -60);
  authority.WriteCertificate(Path("ca.pem"));
  options_.private_tls = {Path("cert.pem"), Path("key.pem"), Path("ca.pem")};
  Start();
  for (const int version : {TLS1_2_VERSION, TLS1_3_VERSION}) {
    const auto answer = [&](const Pair* own) {
      TlsClient client(front_->private_port(),
                       {.min_version = version, .max_version = version, .own = own});
      // With TLS 1.3 the client has finished before it hears that it is refused.
      return client.Handshake() ? client.Ask(Get("/")) : "";
    };
    EXPECT_EQ(answer(&friendly), "200 GET / \n");
    EXPECT_EQ(answer(nullptr), "");
    EXPECT_EQ(answer(&stranger), "");
    EXPECT_EQ(answer(&expired), "");
  }
  AwaitMetric(kFailed, 6);
  ExpectServes();
}

TEST_F(HttpFrontTlsTest, AStopEndsHandshakesAndAnswersWhatWasBegun) {
  Start();
  RawClient shaking = Connect();
  TlsClient asking = Tls();
  ASSERT_TRUE(asking.Handshake());
  ASSERT_TRUE(asking.Send(Get("/hold")));
  AwaitHeld(1);
  std::thread stop([this] { front_->Stop(std::chrono::seconds(20)); });
  EXPECT_TRUE(shaking.EndedOrBroken());
  Release(1)[0].Respond(http::HttpResponse::Text(200, "held"));
  EXPECT_EQ(asking.Read(), "200 held\n");
  stop.join();
}

}  // namespace
}  // namespace rollcall::test
