// Nobody holds all connections: each address has a share, and the private listener a reserve.
#include "http/server/peers.h"

#include <arpa/inet.h>
#include <netinet/in.h>

#include <cstring>

#include "tests/support/http_front_fixture.h"
#include "tests/support/log_capture.h"

namespace rollcall::test {
namespace {

class HttpFrontPeersTest : public HttpFrontTest {
 protected:
  RawClient ConnectFrom(uint8_t from) { return RawClient(front_->public_port(), 0, from); }
  static constexpr const char* kUnfinished = "POST / HTTP/1.1\r\nHo";
};

std::string PrefixOf(int family, const char* text) {
  sockaddr_storage address{};
  if (family == AF_INET) {
    sockaddr_in v4{};
    v4.sin_family = AF_INET;
    inet_pton(AF_INET, text, &v4.sin_addr);
    std::memcpy(&address, &v4, sizeof v4);
  } else {
    sockaddr_in6 v6{};
    v6.sin6_family = AF_INET6;
    inet_pton(AF_INET6, text, &v6.sin6_addr);
    std::memcpy(&address, &v6, sizeof v6);
  }
  return http::PrefixText(http::IpAddress::Of(address).Prefix());
}

TEST(PeerPrefixTest, IsAnIpv4AddressOrAnIpv6Network) {
  EXPECT_EQ(PrefixOf(AF_INET, "192.0.2.7"), "192.0.2.7");
  EXPECT_EQ(PrefixOf(AF_INET, "255.255.255.255"), "255.255.255.255");
  EXPECT_EQ(PrefixOf(AF_INET6, "::ffff:192.0.2.7"), "192.0.2.7");
  EXPECT_EQ(PrefixOf(AF_INET6, "2001:db8:0:1:2:3:4:5"), "2001:db8:0:1::/64");
  EXPECT_EQ(PrefixOf(AF_INET6, "2001:db8:0:1:ffff::"), "2001:db8:0:1::/64");
  EXPECT_EQ(PrefixOf(AF_INET6, "::1"), "::/64");
}

TEST_F(HttpFrontPeersTest, OnePeerHoldsItsShareAndOthersComeInStill) {
  options_.max_connections = 100;
  options_.max_peer_connections = 20;
  const LogCapture log;
  Start();
  std::vector<RawClient> dripping;
  for (int i = 0; i < 20; ++i) {
    dripping.push_back(ConnectFrom(2));
    ASSERT_TRUE(dripping.back().Send(kUnfinished));
  }
  AwaitMetric("rollcall_http_connections{listener=\"public\"}", 20);
  for (int i = 0; i < 5; ++i) {
    RawClient over = ConnectFrom(2);
    EXPECT_EQ(over.ReadStatus(), 503);
    EXPECT_TRUE(over.Ended());
  }
  for (uint8_t from = 3; from < 13; ++from) {
    EXPECT_EQ(ConnectFrom(from).Ask(Get("/a"))->status, 200);
  }
  dripping.pop_back();
  AwaitMetric("rollcall_http_closed_total{reason=\"peer\"}", 11);
  EXPECT_EQ(ConnectFrom(2).Ask(Get("/a"))->status, 200);
  front_.reset();
  const std::string line = "127.0.0.2 holds its share of 20 connections";
  const size_t first = log.text().find(line);
  EXPECT_NE(first, std::string::npos);
  EXPECT_EQ(log.text().find(line, first + 1), std::string::npos) << "it is said once";
}

TEST_F(HttpFrontPeersTest, BehindOneAddressANewConnectionTakesThePlaceOfAnIdleOne) {
  options_.max_peer_connections = 3;
  Start();
  std::vector<RawClient> senders;
  for (int i = 0; i < 10; ++i) {
    senders.push_back(ConnectFrom(2));
    EXPECT_EQ(senders.back().Ask(Get("/a"))->status, 200) << i;
  }
  RawClient other = ConnectFrom(3);
  EXPECT_EQ(other.Ask(Get("/a"))->status, 200);
  EXPECT_EQ(Metric("rollcall_http_closed_total{reason=\"evicted\"}"), 7);
  EXPECT_EQ(Metric("rollcall_http_connections{listener=\"public\"}"), 4);
}

TEST_F(HttpFrontPeersTest, ThePrivateListenerIsReachedWhileThePublicOneIsFull) {
  options_.max_connections = 40;
  options_.max_peer_connections = 0;
  options_.private_connections = 5;
  Start();
  std::vector<RawClient> dripping;
  for (int i = 0; i < 35; ++i) {
    dripping.push_back(ConnectFrom(2));
    ASSERT_TRUE(dripping.back().Send(kUnfinished));
  }
  AwaitMetric("rollcall_http_connections{listener=\"public\"}", 35);
  EXPECT_EQ(Connect().ReadStatus(), 503);
  std::vector<RawClient> own;
  for (int i = 0; i < 5; ++i) {
    own.emplace_back(front_->private_port());
    EXPECT_EQ(own.back().Ask("GET /a HTTP/1.1\r\nHost: localhost\r\n\r\n")->status, 200) << i;
  }
}

}  // namespace
}  // namespace rollcall::test
