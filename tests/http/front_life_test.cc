// Whether the front's loop still comes round, which a watchdog is told by, and sockets that it is
// given.
#include <gtest/gtest.h>

#include <chrono>
#include <memory>
#include <semaphore>
#include <string>

#include "http/server/front.h"
#include "http/server/listen.h"
#include "tests/support/raw_http.h"

namespace rollcall::http {
namespace {

class FrontLifeTest : public testing::Test {
 protected:
  FrontLifeTest() {
    options_.public_address = "127.0.0.1:0";
    options_.private_address = "";
  }
  // A front whose loop stops at each request until Release.
  void Start() {
    auto front = HttpFront::Start(
        options_,
        [this](const HttpRequest&) -> HeadVerdict {
          entered_.release();
          released_.acquire();
          return HttpResponse::Text(200, "judged");
        },
        registry_);
    ASSERT_TRUE(front.ok()) << front.status().message();
    front_ = std::move(*front);
  }
  bool TurnsWithin(std::chrono::seconds patience) {
    const auto end = std::chrono::steady_clock::now() + patience;
    while (std::chrono::steady_clock::now() < end) {
      if (front_->IsTurning()) return true;
    }
    return false;
  }

  FrontOptions options_;
  metrics::Registry registry_;
  std::binary_semaphore entered_{0};
  std::binary_semaphore released_{0};
  std::unique_ptr<HttpFront> front_;
};

TEST_F(FrontLifeTest, AnIdleLoopComesRoundWhenItIsAskedTo) {
  Start();
  for (int i = 0; i < 3; ++i) EXPECT_TRUE(TurnsWithin(std::chrono::seconds(60)));
}

TEST_F(FrontLifeTest, ALoopThatHangsIsNoticedAndSoIsItsComingBack) {
  Start();
  test::RawClient client(front_->public_port());
  EXPECT_TRUE(client.Send("GET / HTTP/1.1\r\nHost: t\r\n\r\n"));
  entered_.acquire();
  front_->IsTurning();  // what it did before
  for (int i = 0; i < 1000; ++i) ASSERT_FALSE(front_->IsTurning());
  released_.release();
  EXPECT_TRUE(TurnsWithin(std::chrono::seconds(60)));
}

TEST_F(FrontLifeTest, ASocketThatIsGivenTakesThePlaceOfTheAddress) {
  auto given = ListenOn("127.0.0.1:0");
  ASSERT_TRUE(given.ok()) << given.status().message();
  const int port = given->port;
  options_.public_address = "127.0.0.1:1";
  options_.public_socket = given->fd.Release();
  released_.release();
  Start();
  EXPECT_EQ(front_->public_port(), port);
  test::RawClient client(port);
  EXPECT_TRUE(client.Send("GET / HTTP/1.1\r\nHost: t\r\nConnection: close\r\n\r\n"));
  EXPECT_NE(client.ReadAll().find("judged"), std::string::npos);
}

}  // namespace
}  // namespace rollcall::http
