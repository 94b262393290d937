// Whom the front takes for the sender of what a proxy passes on.
#include <gmock/gmock.h>

#include "http/server/address.h"
#include "tests/support/certificates.h"
#include "tests/support/http_front_fixture.h"
#include "tests/support/temp_dir.h"
#include "tests/support/tls_client.h"

namespace rollcall::test {
namespace {

class HttpFrontProxiesTest : public HttpFrontTest {
 protected:
  // Of the last request that was handled.
  std::string Sender() { return http::PrefixText(LastRequest().sender); }
  RawClient From(uint8_t last_byte) { return RawClient(front_->public_port(), 0, last_byte); }
  static constexpr const char* kHeader = "PROXY TCP4 198.51.100.7 192.0.2.1 56324 443\r\n";
  static std::string Binary() {
    return std::string("\r\n\r\n\0\r\nQUIT\n", 12) + std::string("\x21\x11\x00\x0c", 4) +
           std::string("\xc6\x33\x64\x07\xc0\x00\x02\x01\xdc\x04\x01\xbb", 12);
  }
  static std::string Via(const std::string& address) {
    return Get("/", "X-Forwarded-For: " + address + "\r\n");
  }
};

TEST_F(HttpFrontProxiesTest, BelievesHeadersOfTrustedProxiesAlone) {
  options_.trusted_proxies = "127.0.0.2";
  Start();
  RawClient proxy = From(2);
  ASSERT_EQ(proxy.Ask(Via("198.51.100.7"))->status, 200);
  EXPECT_EQ(Sender(), "198.51.100.7");
  ASSERT_EQ(proxy.Ask(Via("198.51.100.8"))->status, 200);
  EXPECT_EQ(Sender(), "198.51.100.8") << "each request has a sender of its own";
  ASSERT_EQ(proxy.Ask(Get("/"))->status, 200);
  EXPECT_EQ(Sender(), "127.0.0.2");
  ASSERT_EQ(From(3).Ask(Via("198.51.100.7"))->status, 200);
  EXPECT_EQ(Sender(), "127.0.0.3");
}

TEST_F(HttpFrontProxiesTest, TrustedProxiesHaveNoShareOfConnections) {
  options_.trusted_proxies = "127.0.0.2";
  options_.max_peer_connections = 3;
  Start();
  std::vector<RawClient> open;
  for (int i = 0; i < 6; ++i) {
    open.push_back(From(2));
    ASSERT_EQ(open.back().Ask(Get("/"))->status, 200);
  }
  for (RawClient& one : open) EXPECT_EQ(one.Ask(Get("/"))->status, 200);
}

TEST_F(HttpFrontProxiesTest, ReadsTheProxyProtocolHoweverItArrives) {
  options_.trusted_proxies = "127.0.0.2";
  options_.proxy_protocol = "public";
  Start();
  for (const std::string& header : {std::string(kHeader), Binary()}) {
    RawClient at_once = From(2);
    ASSERT_EQ(at_once.Ask(header + Get("/"))->status, 200);
    EXPECT_EQ(Sender(), "198.51.100.7");
    ASSERT_EQ(at_once.Ask(Get("/"))->status, 200) << "it comes once";
    EXPECT_EQ(Sender(), "198.51.100.7");
    RawClient slowly = From(2);
    ASSERT_TRUE(slowly.SendSlowly(header));
    ASSERT_EQ(slowly.Ask(Get("/"))->status, 200);
    EXPECT_EQ(Sender(), "198.51.100.7");
  }
  // The proxy itself asks, for its health check.
  ASSERT_EQ(From(2).Ask(std::string("PROXY UNKNOWN\r\n") + Get("/"))->status, 200);
  EXPECT_EQ(Sender(), "127.0.0.2");
  // Connections from elsewhere have none.
  ASSERT_EQ(From(3).Ask(Get("/"))->status, 200);
  EXPECT_EQ(From(3).Ask(kHeader + Get("/"))->status, 400);
}

TEST_F(HttpFrontProxiesTest, EndsAConnectionWithoutTheHeader) {
  options_.trusted_proxies = "127.0.0.2";
  options_.proxy_protocol = "both";
  options_.header_timeout = std::chrono::milliseconds(200);
  Start();
  RawClient plain = From(2);
  ASSERT_TRUE(plain.Send(Get("/")));
  EXPECT_TRUE(plain.EndedOrBroken());
  RawClient cut = From(2);
  ASSERT_TRUE(cut.Send("PROXY TCP4 198"));
  cut.EndSending();
  EXPECT_TRUE(cut.EndedOrBroken());
  RawClient silent = From(2);
  ASSERT_TRUE(silent.Send("PROXY TCP4 198"));
  EXPECT_TRUE(silent.EndedOrBroken());
  AwaitMetric("rollcall_http_closed_total{reason=\"handshake\"}", 1);
  AwaitMetric("rollcall_http_closed_total{reason=\"deadline_handshake\"}", 1);
  EXPECT_EQ(Handled(), 0U);
}

TEST_F(HttpFrontProxiesTest, AClientBehindTheProxyHasItsShareOfConnections) {
  options_.trusted_proxies = "127.0.0.2";
  options_.proxy_protocol = "public";
  options_.max_peer_connections = 2;
  Start();
  std::vector<RawClient> open;
  for (int i = 0; i < 2; ++i) {
    open.push_back(From(2));
    ASSERT_EQ(open.back().Ask(kHeader + Get("/"))->status, 200);
  }
  RawClient third = From(2);
  EXPECT_EQ(third.Ask(kHeader + Get("/"))->status, 200);
  EXPECT_TRUE(open[0].Ended()) << "it was idle longest";
  // Where none is idle, a further one has no place.
  ASSERT_TRUE(third.Send("POST / HTTP/1.1\r\nHo"));
  ASSERT_TRUE(open[1].Send("POST / HTTP/1.1\r\nHo"));
  ASSERT_EQ(From(3).Ask(Get("/"))->status, 200) << "by now both have been read";
  RawClient over = From(2);
  ASSERT_TRUE(over.Send(kHeader + Get("/")));
  EXPECT_TRUE(over.EndedOrBroken());
  EXPECT_EQ(From(2).Ask("PROXY TCP4 198.51.100.8 192.0.2.1 1 443\r\n" + Get("/"))->status, 200);
}

TEST_F(HttpFrontProxiesTest, TheHeaderComesBeforeTls) {
  const TempDir dir;
  const Pair server = Pair::Make("server");
  server.WriteCertificate(dir.path() + "/cert.pem");
  server.WriteKey(dir.path() + "/key.pem");
  options_.public_tls = {dir.path() + "/cert.pem", dir.path() + "/key.pem", ""};
  options_.trusted_proxies = "127.0.0.2";
  options_.proxy_protocol = "public";
  Start();
  RawClient raw = From(2);
  ASSERT_TRUE(raw.Send(Binary()));
  TlsClient client(std::move(raw), {});
  ASSERT_TRUE(client.Handshake());
  EXPECT_EQ(client.Ask(Get("/")), "200 GET / \n");
  EXPECT_EQ(Sender(), "198.51.100.7");
}

}  // namespace
}  // namespace rollcall::test
