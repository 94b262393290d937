#include "http/server/listen.h"

#include <gtest/gtest.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <sys/socket.h>

#include <string>

#include "tests/support/raw_http.h"

namespace rollcall::http {
namespace {

TEST(HttpListenTest, TakesEveryFormOfAnAddress) {
  for (const std::string address :
       {":0", "127.0.0.1:0", "localhost:0", "0.0.0.0:0", "[::1]:0", "[::]:0"}) {
    auto listening = ListenOn(address);
    if (!listening.ok() && address.starts_with('[')) {
      continue;  // a machine without IPv6
    }
    ASSERT_TRUE(listening.ok()) << listening.status().message();
    EXPECT_GT(listening->port, 0) << address;
  }
}

TEST(HttpListenTest, AllInterfacesIncludesIpv4) {
  auto listening = ListenOn(":0");
  ASSERT_TRUE(listening.ok()) << listening.status().message();
  EXPECT_TRUE(test::RawClient(listening->port).connected());
}

TEST(HttpListenTest, ConnectionsSendWithoutDelay) {
  for (const std::string address : {"127.0.0.1:0", ":0"}) {
    auto listening = ListenOn(address);
    ASSERT_TRUE(listening.ok()) << listening.status().message();
    const test::RawClient client(listening->port);
    pollfd waiting{listening->fd.get(), POLLIN, 0};
    ASSERT_EQ(poll(&waiting, 1, 10'000), 1) << address;
    const FileDescriptor connection(accept(listening->fd.get(), nullptr, nullptr));
    int no_delay = 0;
    socklen_t size = sizeof no_delay;
    ASSERT_EQ(getsockopt(connection.get(), IPPROTO_TCP, TCP_NODELAY, &no_delay, &size), 0);
    EXPECT_NE(no_delay, 0) << address;
  }
}

TEST(HttpListenTest, NamesAnAddressInUse) {
  auto first = ListenOn("127.0.0.1:0");
  ASSERT_TRUE(first.ok());
  const std::string address = "127.0.0.1:" + std::to_string(first->port);
  auto second = ListenOn(address);
  ASSERT_FALSE(second.ok());
  EXPECT_EQ(second.status().code(), Code::kFailedPrecondition);
  EXPECT_EQ(second.status().message(), "listen on " + address + ": Address already in use");
}

TEST(HttpListenTest, NamesAPortInUseOnAllInterfaces) {
  auto first = ListenOn(":0");
  ASSERT_TRUE(first.ok());
  const std::string address = ":" + std::to_string(first->port);
  EXPECT_EQ(ListenOn(address).status().message(),
            "listen on " + address + ": Address already in use");
}

TEST(HttpListenTest, NamesAnAddressThatIsNotThisMachines) {
  EXPECT_EQ(ListenOn("192.0.2.1:0").status().message(),
            "listen on 192.0.2.1:0: Cannot assign requested address");
}

TEST(HttpListenTest, RefusesWhatIsNoAddress) {
  for (const std::string address :
       {"", "8081", ":", "a:", ":x", ":-1", ":+1", ":65536", ":123456", "::1:80", "[::1", "[]:80",
        "[::1]80", "::", "a b:80", "256.0.0.1:80"}) {
    auto listening = ListenOn(address);
    ASSERT_FALSE(listening.ok()) << address;
    EXPECT_EQ(listening.status().code(), Code::kFailedPrecondition);
    EXPECT_TRUE(listening.status().message().starts_with("listen on " + address + ": "));
  }
}

}  // namespace
}  // namespace rollcall::http
