#include "http/client/url.h"

#include <gtest/gtest.h>

#include <random>
#include <string>

namespace rollcall::http {
namespace {

std::string Parsed(std::string_view text) {
  const auto url = HttpUrl::Parse(text);
  return url.ok() ? url->ToString() : "refused";
}

std::string Followed(std::string_view from, std::string_view location) {
  const auto url = HttpUrl::Parse(from)->Resolve(location);
  return url.ok() ? url->ToString() : "refused";
}

TEST(HttpUrl, TakesSchemeHostPortAndTargetApart) {
  const auto url = HttpUrl::Parse("https://API.example.com:8443/a/b?c=d#e");
  ASSERT_TRUE(url.ok()) << url.status().message();
  EXPECT_TRUE(url->tls);
  EXPECT_EQ(url->host, "api.example.com");
  EXPECT_EQ(url->port, 8443);
  EXPECT_EQ(url->target, "/a/b?c=d");
  EXPECT_EQ(HttpUrl::Parse("http://h")->port, 80);
  EXPECT_EQ(HttpUrl::Parse("https://h")->port, 443);
  EXPECT_EQ(HttpUrl::Parse("http://[::1]:9/")->host, "::1");
}

TEST(HttpUrl, WritesTheSameAddressInOneWay) {
  EXPECT_EQ(Parsed("HTTP://Host:80"), "http://host/");
  EXPECT_EQ(Parsed("http://host?q=1"), "http://host/?q=1");
  EXPECT_EQ(Parsed("https://[::1]:443/x"), "https://[::1]/x");
  EXPECT_EQ(Parsed("http://host:/x"), "refused");
}

TEST(HttpUrl, RefusesWhatIsNoHttpUrl) {
  for (const std::string text : {"",
                                 "host",
                                 "/path",
                                 "ftp://host/",
                                 "http:/host",
                                 "http://",
                                 "http:///x",
                                 "http://:80/",
                                 "http://h:0/",
                                 "http://h:65536/",
                                 "http://h:8x/",
                                 "http://h:-1/",
                                 "http://h:99999999999/",
                                 "http://a b/",
                                 "http://h/a b",
                                 "http://h/a\r\nX: y",
                                 "http://h/\xc3\xa4",
                                 "http://h\n/",
                                 "http://[::1/",
                                 "http://[]/",
                                 "http://[zz zz]/",
                                 "http://[::1]x/",
                                 "http://u:p@h/",
                                 " http://h/"}) {
    EXPECT_EQ(Parsed(text), "refused") << text;
  }
  EXPECT_EQ(Parsed("http://h/" + std::string(9000, 'a')), "refused");
  EXPECT_EQ(Parsed("http://" + std::string(300, 'a')), "refused");
}

TEST(HttpUrl, SaysWhichPartIsWrongAndNeverRepeatsAPassword) {
  EXPECT_EQ(HttpUrl::Parse("gopher://h/").status().message(),
            "parse URL \"gopher://h/\": the scheme is not http or https");
  EXPECT_EQ(HttpUrl::Parse("http://h:0/\n").status().message(),
            "parse URL \"http://h:0/\\n\": the port is not a number in 1..65535");
  EXPECT_EQ(HttpUrl::Parse("http://u:hunter2@h/").status().message().find("hunter2"),
            std::string::npos);
}

TEST(HttpUrl, ResolvesALocationAgainstTheUrlThatAnswered) {
  EXPECT_EQ(Followed("http://h:81/a/b?c", "https://other/x"), "https://other/x");
  EXPECT_EQ(Followed("https://h/a/b", "//other/x"), "https://other/x");
  EXPECT_EQ(Followed("http://h:81/a/b?c", "/x?y"), "http://h:81/x?y");
  EXPECT_EQ(Followed("http://h/a/b?c", "x"), "http://h/a/x");
  EXPECT_EQ(Followed("http://h/a/b?c", "?x"), "http://h/a/b?x");
  EXPECT_EQ(Followed("http://h/a/b", "x/y:z"), "http://h/a/x/y:z");
  EXPECT_EQ(Followed("http://[::1]:81/a", "/x"), "http://[::1]:81/x");
  EXPECT_EQ(Followed("http://h/a", "file:///etc/passwd"), "refused");
  EXPECT_EQ(Followed("http://h/a", "/x y"), "refused");
}

TEST(HttpUrl, AnyBytesGetAnAnswer) {
  std::mt19937_64 random(7);
  const std::string alphabet = "http://s[]:@?#/.x0 \r\n%\x80";
  for (int round = 0; round < 20'000; ++round) {
    std::string text = round % 2 == 0 ? "http://" : "";
    for (size_t n = random() % 40; n > 0; --n) text += alphabet[random() % alphabet.size()];
    const auto url = HttpUrl::Parse(text);
    if (url.ok()) {
      EXPECT_EQ(Parsed(url->ToString()), url->ToString()) << text;
    } else {
      EXPECT_EQ(url.status().code(), Code::kInvalidArgument);
    }
    (void)HttpUrl::Parse("http://h/a")->Resolve(text);
  }
}

}  // namespace
}  // namespace rollcall::http
