#include "http/server/address.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "http/server/forwarded.h"
#include "http/server/proxy_header.h"

namespace rollcall::http {
namespace {

using ::testing::HasSubstr;

std::string Shown(const std::optional<IpAddress>& address) {
  return address ? PrefixText(address->Prefix()) : "none";
}

TEST(NetworksTest, ContainsWhatSharesItsFirstBits) {
  const auto contains = [](const char* networks, const char* address) {
    const auto parsed = Networks::Parse(networks);
    EXPECT_TRUE(parsed.ok()) << parsed.status().message();
    return parsed->Contains(IpAddress::Parse(address).value());
  };
  EXPECT_TRUE(contains("10.0.0.0/8", "10.255.0.1"));
  EXPECT_FALSE(contains("10.0.0.0/8", "11.0.0.1"));
  EXPECT_TRUE(contains("192.0.2.128/25", "192.0.2.129"));
  EXPECT_FALSE(contains("192.0.2.128/25", "192.0.2.127"));
  EXPECT_TRUE(contains("192.0.2.7", "192.0.2.7"));
  EXPECT_FALSE(contains("192.0.2.7", "192.0.2.8"));
  EXPECT_TRUE(contains("198.51.100.0/24, 2001:db8::/33,192.0.2.7", "2001:db8:7fff::1"));
  EXPECT_FALSE(contains("2001:db8::/33", "2001:db8:8000::1"));
  EXPECT_TRUE(contains("0.0.0.0/0", "203.0.113.1"));
  EXPECT_FALSE(contains("0.0.0.0/0", "2001:db8::1")) << "all of IPv4, and nothing else";
  EXPECT_TRUE(contains("::/0", "2001:db8::1"));
  EXPECT_TRUE(contains("10.0.0.0/8", "::ffff:10.1.2.3")) << "the same address in another form";
  EXPECT_FALSE(contains("", "10.0.0.1"));
}

TEST(NetworksTest, SaysWhichPartIsWrong) {
  for (const char* text : {"10.0.0.0/33", "2001:db8::/129", "10.0.0/8", "host", "10.0.0.0/",
                           "10.0.0.0/8x", "10.0.0.0/-1", "fe80::1%eth0", "10.0.0.0 10.0.0.1"}) {
    const auto parsed = Networks::Parse(std::string("192.0.2.1,") + text);
    ASSERT_FALSE(parsed.ok()) << text;
    EXPECT_THAT(parsed.status().message(), HasSubstr("'" + std::string(text) + "'"));
  }
}

// "198.51.100.7 28" for a complete header of 28 bytes, "refused", "incomplete".
std::string Header(std::string_view bytes) {
  const ProxyHeader header = ReadProxyHeader(bytes);
  if (header.state == ProxyHeader::State::kRefused) return "refused";
  if (header.state == ProxyHeader::State::kIncomplete) return "incomplete";
  return Shown(header.client) + " " + std::to_string(header.bytes);
}

TEST(ProxyHeaderTest, ReadsVersion1) {
  const std::string tcp4 = "PROXY TCP4 198.51.100.7 192.0.2.1 56324 443\r\n";
  EXPECT_EQ(Header(tcp4), "198.51.100.7 " + std::to_string(tcp4.size()));
  EXPECT_EQ(Header(tcp4 + "GET / HTTP/1.1\r\n"), "198.51.100.7 " + std::to_string(tcp4.size()));
  EXPECT_EQ(Header("PROXY TCP6 2001:db8::7 2001:db8::1 1 65535\r\n"), "2001:db8::/64 44");
  EXPECT_EQ(Header("PROXY UNKNOWN\r\n"), "none 15");
  EXPECT_EQ(Header("PROXY UNKNOWN ffff:f...f:ffff ffff:f...f:ffff 65535 65535\r\n"), "none 59");
  for (size_t size = 0; size < tcp4.size(); ++size) {
    EXPECT_EQ(Header(std::string_view(tcp4).substr(0, size)), "incomplete") << size;
  }
  for (const char* bad :
       {"PROXY TCP4 198.51.100.7 192.0.2.1 56324\r\n",
        "PROXY TCP4 198.51.100.7 192.0.2.1 1 70000\r\n", "PROXY TCP4 2001:db8::7 192.0.2.1 1 2\r\n",
        "PROXY TCP5 198.51.100.7 192.0.2.1 1 2\r\n", "PROXY TCP4 198.51.100.7 192.0.2.1 1 2 3\r\n",
        "PROXY  TCP4 198.51.100.7 192.0.2.1 1 2\r\n", "PROXY \r\n", "GET / HTTP/1.1\r\n", "PROXZ",
        "\x16\x03\x01"}) {
    EXPECT_EQ(Header(bad), "refused") << bad;
  }
  EXPECT_EQ(Header("PROXY UNKNOWN " + std::string(93, 'x')), "refused") << "107 bytes and no end";
}

TEST(ProxyHeaderTest, ReadsVersion2) {
  const std::string signature("\r\n\r\n\0\r\nQUIT\n", 12);
  const std::string v4 = signature + std::string("\x21\x11\x00\x0c", 4) +
                         std::string("\xc6\x33\x64\x07\xc0\x00\x02\x01\xdc\x04\x01\xbb", 12);
  EXPECT_EQ(Header(v4), "198.51.100.7 28");
  for (size_t size = 0; size < v4.size(); ++size) {
    EXPECT_EQ(Header(std::string_view(v4).substr(0, size)), "incomplete") << size;
  }
  // With an addition behind the addresses.
  EXPECT_EQ(Header(signature + std::string("\x21\x11\x00\x10", 4) + v4.substr(16) + "abcd"),
            "198.51.100.7 32");
  EXPECT_EQ(
      Header(signature + std::string("\x21\x21\x00\x24", 4) +
             std::string("\x20\x01\x0d\xb8\0\0\0\0\0\0\0\0\0\0\0\x07", 16) + std::string(20, '\0')),
      "2001:db8::/64 52");
  EXPECT_EQ(Header(signature + std::string("\x20\x00\x00\x00", 4)), "none 16") << "LOCAL";
  EXPECT_EQ(Header(signature + std::string("\x21\x31\x00\x01x", 5)), "none 17") << "a Unix socket";
  EXPECT_EQ(Header(signature + std::string("\x31\x11\x00\x0c", 4)), "refused") << "version 3";
  EXPECT_EQ(Header(signature + std::string("\x22\x11\x00\x0c", 4)), "refused") << "no such command";
  EXPECT_EQ(Header(signature + std::string("\x21\x11\x00\x04", 4) + "abcd"), "refused");
  EXPECT_EQ(Header(signature + std::string("\x21\x11\xff\xff", 4)), "refused") << "64 KiB";
}

std::string Sender(std::vector<HttpHeader> headers) {
  HttpRequest request;
  request.headers = std::move(headers);
  const Networks trusted = Networks::Parse("10.0.0.0/8,2001:db8:ff::/48").value();
  return Shown(SenderOf(request, trusted));
}

TEST(ForwardedTest, TheLastAddressThatIsNoProxyOfOursIsTheSender) {
  EXPECT_EQ(Sender({}), "none");
  EXPECT_EQ(Sender({{"X-Forwarded-For", "198.51.100.7"}}), "198.51.100.7");
  EXPECT_EQ(Sender({{"X-Forwarded-For", "203.0.113.9, 198.51.100.7"}}), "198.51.100.7")
      << "what stands before it is the sender's own invention";
  EXPECT_EQ(Sender({{"X-Forwarded-For", "203.0.113.9"}, {"x-forwarded-for", "198.51.100.7"}}),
            "198.51.100.7");
  EXPECT_EQ(Sender({{"X-Forwarded-For", "198.51.100.7, 10.1.2.3"}}), "198.51.100.7");
  EXPECT_EQ(Sender({{"X-Forwarded-For", "10.9.9.9, 10.1.2.3"}}), "10.9.9.9");
  EXPECT_EQ(Sender({{"X-Forwarded-For", "unknown, 10.1.2.3"}}), "10.1.2.3");
  EXPECT_EQ(Sender({{"X-Forwarded-For", "nonsense"}}), "none");
  EXPECT_EQ(Sender({{"X-Forwarded-For", ""}}), "none");
  EXPECT_EQ(Sender({{"X-Forwarded-For", "198.51.100.7:4711"}}), "198.51.100.7");
  EXPECT_EQ(Sender({{"X-Forwarded-For", "2001:db8::7"}}), "2001:db8::/64");
  EXPECT_EQ(Sender({{"X-Forwarded-For", "[2001:db8::7]:4711"}}), "2001:db8::/64");
}

TEST(ForwardedTest, ForwardedCountsWhereTheOtherIsNotThere) {
  EXPECT_EQ(Sender({{"Forwarded", "for=198.51.100.7"}}), "198.51.100.7");
  EXPECT_EQ(Sender({{"Forwarded", "for=203.0.113.9, For=\"198.51.100.7:4711\";proto=https"}}),
            "198.51.100.7");
  EXPECT_EQ(Sender({{"Forwarded", "proto=https;for=\"[2001:db8::7]\";by=10.0.0.1"}}),
            "2001:db8::/64");
  EXPECT_EQ(Sender({{"Forwarded", "for=_hidden"}}), "none");
  EXPECT_EQ(Sender({{"Forwarded", "proto=https"}}), "none");
  EXPECT_EQ(Sender({{"Forwarded", "for=203.0.113.9"}, {"X-Forwarded-For", "198.51.100.7"}}),
            "198.51.100.7");
}

}  // namespace
}  // namespace rollcall::http
