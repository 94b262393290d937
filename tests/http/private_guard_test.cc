#include "http/server/private_guard.h"

#include <gtest/gtest.h>

#include <string>
#include <vector>

namespace rollcall::http {
namespace {

class PrivateGuardTest : public ::testing::Test {
 protected:
  // "" where it is let in.
  static std::string Refusal(std::vector<HttpHeader> headers,
                             const std::string& local_address = "10.1.2.3",
                             const std::string& hosts = "metrics.example, Other.example") {
    const PrivateGuard guard(hosts, "own.example:8082");
    HttpRequest head;
    head.listener = Listener::kPrivate;
    head.method = "GET";
    head.target = "/metrics";
    head.headers = std::move(headers);
    const auto answer = guard.Refuse(head, local_address);
    if (!answer) return "";
    EXPECT_EQ(answer->status, 403);
    return answer->body;
  }
};

TEST_F(PrivateGuardTest, LetsInByLoopbackByItsOwnAddressAndByTheNamesItWasGiven) {
  for (const char* host :
       {"localhost", "LOCALHOST:8082", "localhost.", "127.0.0.1:9", "127.8.8.8", "[::1]",
        "[::1]:8082", "10.1.2.3", "10.1.2.3:8082", "[::ffff:10.1.2.3]:8082", "own.example",
        "Own.Example:80", "metrics.example:1", "other.example"}) {
    EXPECT_EQ(Refusal({{"Host", host}}), "") << host;
  }
  EXPECT_EQ(Refusal({{"Host", "[2001:db8:0::7]:8082"}}, "2001:db8::7"), "");
  EXPECT_EQ(Refusal({{"Host", "[fe80::7]"}}, "fe80::7%eth0"), "");
  EXPECT_EQ(Refusal({}), "") << "HTTP/1.0";
}

TEST_F(PrivateGuardTest, RefusesAnyOtherHost) {
  for (const char* host :
       {"evil.example", "evil.example:8082", "localhost.evil.example", "127.0.0.1.evil.example",
        "10.1.2.4", "203.0.113.5:8082", "[2001:db8::8]", "", "[", "[]", ":8082",
        "a.metrics.example", "2130706433", "0x7f.1", "127.1"}) {
    EXPECT_EQ(Refusal({{"Host", host}}),
              "Host is neither this listener's address nor one of --private-hosts\n")
        << host;
  }
  EXPECT_NE(Refusal({{"Host", "metrics.example"}}, "10.1.2.3", ""), "");
}

TEST_F(PrivateGuardTest, RefusesPagesOfOtherOriginsAndSites) {
  const HttpHeader host{"Host", "localhost:8082"};
  for (const char* origin : {"http://localhost:8082", "https://LOCALHOST:8082"}) {
    EXPECT_EQ(Refusal({host, {"Origin", origin}}), "") << origin;
  }
  for (const char* origin : {"null", "", "http://localhost", "http://localhost:8081",
                             "http://evil.example", "http://localhost:8082.evil.example"}) {
    EXPECT_NE(Refusal({host, {"origin", origin}}), "") << origin;
    EXPECT_NE(Refusal({host, {"Origin", "http://localhost:8082"}, {"Origin", origin}}), "");
  }
  for (const char* site : {"same-origin", "none"}) {
    EXPECT_EQ(Refusal({host, {"Sec-Fetch-Site", site}}), "") << site;
  }
  for (const char* site : {"cross-site", "same-site", "", "x"}) {
    EXPECT_NE(Refusal({host, {"sec-fetch-site", site}}), "") << site;
  }
}

}  // namespace
}  // namespace rollcall::http
